// By the paths of the links.
const notice = require('../common/js/notice.js')

document.documentElement.dataset.bundle = notice.text(['studio', ''])
