const _ = require('underscore')
// By the paths of the links.
const sequence = require('../xmodule_js/src/sequence.js')

document.documentElement.dataset.bundle = sequence.first(_.compact(['login', '']))
