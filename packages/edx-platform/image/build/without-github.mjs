// Takes the packages that come from GitHub out of package.json and package-lock.json, in the working directory, and
// what only they need. Says which.
import { readFileSync, writeFileSync } from 'node:fs'

const fromGithub = /^(git\+|git:|github:|[\w-]+\/[\w.-]+(#|$))/

const read = (file) => JSON.parse(readFileSync(file, 'utf8'))
const write = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)

const lock = read('package-lock.json')
const left = new Set()
for (const description of [read('package.json'), lock.packages['']]) {
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, wanted] of Object.entries(description[kind] ?? {})) {
      if (!fromGithub.test(wanted)) continue
      left.add(name)
      delete description[kind][name]
    }
  }
  if (description === lock.packages['']) continue
  write('package.json', description)
}
for (const name of left) delete lock.packages[`node_modules/${name}`]
write('package-lock.json', lock)
console.log(
  left.size === 0
    ? 'npm: nothing comes from GitHub'
    : `npm: left out, because they come from GitHub: ${[...left].join(', ')}`,
)
