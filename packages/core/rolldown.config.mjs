// @ts-check
// The command as everybody runs it: what `tsc` has compiled, and the libraries, in a few files. Node starts it in less time
// than hundreds of modules, and npm installs one package.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import standalone from 'ajv/dist/standalone/index.js'
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
      if (file.type !== 'chunk') continue
      for (const [call, path = ''] of file.code.matchAll(/\brequire\w*\(\s*['"](\.{1,2}\/[^'"]*)['"]\)/g))
        if (!(path.replace('./', '') in files))
          this.error(`${file.fileName} would look for a file that is not in the bundle: ${call}`)
    }
  },
}

/** In the place of a schema that is compiled at each start: what Ajv makes of it. @type {import('rolldown').Plugin} */
const compiledSchema = {
  name: 'compiled-schema',
  async load(id) {
    if (id !== join(import.meta.dirname, 'dist/definition/extension-schema.js')) return null
    const { ajv, validate } = await import(pathToFileURL(id).href)
    return standalone.default(ajv, { validate: validate.schema.$id })
  },
}

/** What a command loads that finds everything running: a target, a shell, the logs. */
export const QUICK = ['cli/main.js', 'environment/verbs/run-target.js', 'environment/verbs/exec.js', 'cli/watch.js']
/** The ids of those modules and of all that they import before they do anything. @type {Set<string>} */
const quick = new Set()

/** @type {import('rolldown').Plugin} */
const findQuick = {
  name: 'find-quick',
  buildEnd() {
    /** @param {string} id */
    const add = (id) => {
      if (quick.has(id)) return
      quick.add(id)
      for (const imported of this.getModuleInfo(id)?.importedIds ?? []) add(imported)
    }
    for (const path of QUICK) add(join(import.meta.dirname, 'dist', path))
  },
}

export default defineConfig({
  input: 'dist/cli/main.js',
  platform: 'node',
  // Modules that many load late and a quick command loads anyway.
  checks: { ineffectiveDynamicImport: false, pluginTimings: false },
  // A library that has ES modules too, jsonc-parser for example, may hide what its other form requires.
  resolve: { mainFields: ['module', 'main'] },
  plugins: [compiledSchema, findQuick, complete, licences],
  // Node reads the files of CommonJS one by one without a detour over its thread pool, which is a tenth of `make dev.true`.
  output: {
    dir: 'dist/bundle',
    format: 'cjs',
    cleanDir: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    // Together, and not in a file for each combination of those who share them.
    codeSplitting: { groups: [{ name: 'quick', test: (id) => quick.has(id) }] },
  },
})
