// @ts-check
// A file of ours holds what parses and does not fit, or is no file.
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { traceIn } from './hello.mjs'

const CONTENTS = ['', '{', 'null', '42', '[]', '{}', '{"format":3}', '{"format":3,"ports":7,"settings":[],"ours":"x"}']
const COMMANDS = ['status', 'start', 'stop']

/** @param {string} folder @param {string} [below] @returns {string[]} */
const filesBelow = (folder, below = '') =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name)
    if (entry.isDirectory()) return entry.name === 'data' ? [] : filesBelow(folder, path)
    return entry.isFile() ? [path] : []
  })

/** @param {import('./hello.mjs').Hello} hello */
export async function states(hello) {
  await hello.running()
  return filesBelow(hello.home).flatMap((file) =>
    [...CONTENTS, undefined].map((content) => ({
      name: `${file} ${content === undefined ? 'is a folder' : `holds ${JSON.stringify(content)}`}`,
      run: async () => {
        await hello.running()
        const path = join(hello.home, file)
        const aside = join(hello.folder, 'aside')
        if (!existsSync(path)) return []
        renameSync(path, aside)
        if (content === undefined) mkdirSync(path)
        else writeFileSync(path, content)
        const faults = []
        let refused = false
        for (const command of COMMANDS) {
          const ended = await hello.run([command])
          faults.push(...traceIn(command, ended))
          refused = command === 'start' && ended.exitCode !== 0
          if (refused) break
        }
        // What is refused with words is a person's to mend.
        if (refused) {
          rmSync(path, { recursive: true, force: true })
          renameSync(aside, path)
        } else rmSync(aside, { recursive: true, force: true })
        faults.push(...(await hello.faultsAfter('there')))
        // Not devenv's, so that a clean leaves it.
        if (content === undefined && statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmdirSync(path)
        return faults
      },
    })),
  )
}
