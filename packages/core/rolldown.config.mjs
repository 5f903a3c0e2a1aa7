// @ts-check
// The command as everybody runs it: what `tsc` has compiled, and the libraries, in a few files. Node starts it in less time
// than hundreds of modules, and npm installs one package.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig } from 'rolldown'

/** @param {string} folder @returns {string} the package that a folder is in */
const packageOf = (folder) => (existsSync(join(folder, 'package.json')) ? folder : packageOf(dirname(folder)))

/** Keeps the licence of each library beside its code, as they all ask for. @type {import('rolldown').Plugin} */
const licences = {
  name: 'licences',
  generateBundle() {
    const modules = [...this.getModuleIds()].filter((id) => id.includes('/node_modules/'))
    const texts = [...new Set(modules.map((id) => packageOf(dirname(id.replace(/^\0|\?.*$/g, '')))))]
      .sort()
      .map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
        const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
        if (file === undefined) this.error(`${name} has no file with its licence`)
        return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
      })
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) })
  },
}

/** A call that found no module here finds none where it runs either. @type {import('rolldown').Plugin} */
const complete = {
  name: 'complete',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      const left = file.type === 'chunk' ? /\brequire\w*\(\s*['"]\.{1,2}\/[^)]*\)/.exec(file.code)?.[0] : undefined
      if (left !== undefined) this.error(`${file.fileName} would look for a file that is not in the bundle: ${left}`)
    }
  },
}

export default defineConfig({
  input: 'dist/cli/main.js',
  platform: 'node',
  // A library that has ES modules too, jsonc-parser for example, may hide what its other form requires.
  resolve: { mainFields: ['module', 'main'] },
  plugins: [complete, licences],
  output: { dir: 'dist/bundle', cleanDir: true, chunkFileNames: '[name].js' },
})
