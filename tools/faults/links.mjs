// @ts-check
// Something of ours is a link that leads out of the data directory, as a repository may hold it.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lost, stateOf, traceIn } from './hello.mjs'

const COMMANDS = [['status'], ['start'], ['exec', '--', 'true'], ['stop'], ['clean']]

/** @param {string} folder @param {string} [below] @returns {string[]} */
const pathsBelow = (folder, below = '') =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name)
    return [path, ...(entry.isDirectory() && entry.name !== 'data' ? pathsBelow(folder, path) : [])]
  })

/** @param {import('./hello.mjs').Hello} hello */
export async function links(hello) {
  await hello.running()
  return pathsBelow(hello.home).map((path) => {
    const isFolder = statSync(join(hello.home, path)).isDirectory()
    return {
      name: `${path} is a link to a ${isFolder ? 'folder' : 'file'} of a person`,
      run: async () => {
        await hello.mustRun(['clean'])
        const outside = join(hello.folder, 'outside')
        mkdirSync(join(outside, 'folder'), { recursive: true })
        writeFileSync(join(outside, 'folder/mine'), 'mine')
        writeFileSync(join(outside, 'file'), 'mine')
        const before = stateOf(outside)
        const link = join(hello.home, path)
        mkdirSync(dirname(link), { recursive: true })
        symlinkSync(join(outside, isFolder ? 'folder' : 'file'), link)
        const faults = []
        for (const words of COMMANDS) faults.push(...traceIn(words.join(' '), await hello.run(words)))
        const after = stateOf(outside)
        if (after !== before) faults.push(lost(`what the link leads to was ${before}, and is ${after}`))
        if (existsSync(dirname(link))) rmSync(link, { recursive: true, force: true })
        rmSync(outside, { recursive: true })
        return [...faults, ...(await hello.faultsAfter('none'))]
      },
    }
  })
}
