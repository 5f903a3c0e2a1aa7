const _ = require('underscore')

document.documentElement.dataset.bundle = _.compact(['login', '']).join()
