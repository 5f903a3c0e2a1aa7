const assert = require('node:assert')
const { existsSync } = require('node:fs')
const { test } = require('node:test')

test('packages are where tools look for them', () => {
  assert(existsSync('node_modules/webpack/package.json'))
})
