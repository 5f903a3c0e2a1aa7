import { createHash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { DevenvError } from '../problem/problem.js'
import type { Repository } from './repository.js'
import { type Answer, retryAfter } from './transport.js'

/** What is asked for, and in the words of a refusal: the registry “would not” `what`. */
export type Intent = { doing: 'read' | 'write'; what: string }

export const digestOfBytes = (bytes: Buffer, algorithm: 'sha256' | 'sha512'): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`

export function requireDigest(repository: Repository, intent: Intent, bytes: Buffer, digest: string): void {
  const found = digestOfBytes(bytes, digest.startsWith('sha512:') ? 'sha512' : 'sha256')
  if (found !== digest) throw refused(repository, intent, `It sent other bytes: ${found}.`)
}

export function requireSuccess(repository: Repository, intent: Intent, answer: Answer): void {
  const { status } = answer
  if (status >= 200 && status < 300) return
  if (status === 401 || status === 403) throw forbidden(repository, intent, answer)
  if (status === 405 && intent.doing === 'write') {
    throw new DevenvError({ code: 'registry-read-only', registry: repository.host, detail: messageOf(answer) })
  }
  throw refused(repository, intent, messageOf(answer))
}

export function refused({ host: registry }: Repository, { what: doing }: Intent, detail: string): DevenvError {
  return new DevenvError({ code: 'registry-refused', registry, doing, detail })
}

export function forbidden({ host: registry, path }: Repository, { doing }: Intent, answer: Answer): DevenvError {
  const detail = `${messageOf(answer)} (asked ${answer.as ?? 'without credentials'})`
  return new DevenvError({ code: 'registry-forbidden', registry, repository: path, doing, detail })
}

/** The status, and what the registry says of it: `{ errors }` by the specification, the rest by servers of tokens. */
function messageOf(answer: Answer): string {
  const { status, body } = answer
  const { errors, details, error_description, message, error } = parseJson(body) ?? {}
  const said: unknown[] = Array.isArray(errors)
    ? errors.map((each) => each?.message || each?.code)
    : [details ?? error_description ?? message ?? error]
  const text = said.filter((each) => typeof each === 'string' && each !== '').join('; ')
  const seconds = retryAfter(answer)
  const again = seconds === undefined ? '' : ` (it wants to be asked again in ${seconds} s)`
  return [`${status} ${STATUS_CODES[status] ?? ''}`.trim(), ...(text === '' ? [] : [text])].join(': ') + again
}

/** `undefined` for what is none. */
// biome-ignore lint/suspicious/noExplicitAny: somebody else's answer; every use is checked
export function parseJson(body: Buffer): any {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}
