const path = require('node:path')

/** A loader: takes the wrapper off that RequireJS needs. Says so, so that one sees which files are compiled. */
module.exports = function unwrap(source) {
  console.log(`unwrapped ${path.basename(this.resourcePath)}`)
  return source.replaceAll(/^;\(\(\{ define.*|^\}\)\(\{ define.*/gm, '')
}
