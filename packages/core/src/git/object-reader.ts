import { DevenvError } from '../problem/problem.js'
import { startProgram } from '../process/start-program.js'
import { readingEnvironment } from './git-repository.js'

/** An object of a repository: a tree's content is git's own binary form. */
export type GitObject = { id: string; type: 'blob' | 'tree' | 'commit' | 'tag'; content: Buffer }

/** Reads objects by any name that git understands. One process answers all questions, in their order. */
export type ObjectReader = {
  read(name: string): Promise<GitObject | undefined>
  /** The same for one that has to be there. @throws DevenvError `commit-incomplete` */
  require(name: string): Promise<GitObject>
  close(): void
}

type Waiting = { resolve(object: GitObject | undefined): void; reject(error: Error): void }

/**
 * @throws (from `read`) DevenvError `git-failed` when the process ends, or has ended, before it has answered,
 * `commit-incomplete` when it ends because a partial clone does not have an object
 */
export function openObjects(repository: string): ObjectReader {
  const git = startProgram(['git', '-C', repository, 'cat-file', '--batch'], readingEnvironment())
  const waiting: Waiting[] = []
  let chunks: Buffer[] = []
  let held = 0
  let needed = 0
  let said = ''
  let ended: DevenvError | undefined
  const fail = (detail: string) => {
    ended ??= new DevenvError(
      detail.includes('promisor remote')
        ? { code: 'commit-incomplete', repository, detail }
        : { code: 'git-failed', doing: `read ${repository}`, detail },
    )
    for (const one of waiting.splice(0)) one.reject(ended)
  }
  git.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    held += chunk.length
    // What comes is joined when it is whole, not with each chunk: a large file has hundreds.
    if (held < needed) return
    let pending = Buffer.concat(chunks)
    for (let answer = parseAnswer(pending); answer !== undefined; answer = parseAnswer(pending)) {
      pending = pending.subarray(answer.length)
      waiting.shift()?.resolve(answer.object)
    }
    chunks = [pending]
    held = pending.length
    needed = lengthOfAnswer(pending) ?? 0
  })
  git.stderr.on('data', (chunk: Buffer) => (said += chunk))
  git.on('error', ({ message }) => fail(message))
  git.on('close', () => fail(said.trim() || 'git ended'))
  git.stdin.on('error', () => {})
  const read = (name: string) =>
    new Promise<GitObject | undefined>((resolve, reject) => {
      if (ended !== undefined) return reject(ended)
      waiting.push({ resolve, reject })
      git.stdin.write(`${name}\n`)
    })
  return {
    read,
    async require(name) {
      const found = await read(name)
      if (found !== undefined) return found
      throw new DevenvError({ code: 'commit-incomplete', repository, detail: `${name} is missing.` })
    },
    close: () => void git.stdin.end(),
  }
}

/**
 * The first answer in what `git cat-file --batch` wrote, and how long it is: `<id> <type> <size>`, the content, or
 * `<name> missing` (https://git-scm.com/docs/git-cat-file, "BATCH OUTPUT"). Pure.
 */
export function parseAnswer(data: Buffer): { length: number; object: GitObject | undefined } | undefined {
  const header = parseHeader(data)
  const length = lengthOfAnswer(data)
  if (header === undefined || length === undefined || data.length < length) return undefined
  const { end, id, type } = header
  if (id === undefined || type === undefined) return { length, object: undefined }
  const content = Buffer.from(data.subarray(end, length - 1))
  return { length, object: { id, type: type as GitObject['type'], content } }
}

/** How long the first answer is when it is whole; `undefined` while its header is not. */
function lengthOfAnswer(data: Buffer): number | undefined {
  const header = parseHeader(data)
  return header?.id === undefined ? header?.end : header.end + Number(header.size) + 1
}

function parseHeader(data: Buffer) {
  const end = data.indexOf(10)
  if (end < 0) return undefined
  const header = data.subarray(0, end).toString()
  const [, id, type, size] = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(header) ?? []
  return { end: end + 1, id, type, size }
}
