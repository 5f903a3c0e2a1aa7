import type { HealthCheck } from './definition.js'

/** The health check that asks programs (packages/core/container/bin/answers): `NAME=URL…`. */
const ANSWERS = '/opt/devenv/bin/answers'

/** Whether a health check is the one that knows of programs: it waits while they are held. Pure. */
export const asksPrograms = ({ test }: HealthCheck): boolean => test?.[1] === ANSWERS

/** One question of a health check. `program`: whose answer it is, where it is said; `port`: also where the URL leaves it out. */
export type Question = { program: string | undefined; url: URL; port: number }

/** What a health check asks over HTTP, and the words that `answers` cannot read. Pure. */
export function parseHealthCheck(check: HealthCheck): { questions: Question[]; unreadable: string[] } {
  const [, ...words] = check.test ?? []
  if (!asksPrograms(check)) {
    const urls = words
      .flatMap((word) => word.match(/https?:\/\/[^\s"'`;|&<>()]+/g) ?? [])
      .filter((url) => URL.canParse(url))
    return { questions: urls.map((url) => ask(undefined, url)), unreadable: [] }
  }
  const parsed = words.slice(1).map((word): Question | string => {
    const [, program, url = ''] = /^([^=]+)=(http:\/\/.+)$/.exec(word) ?? []
    return program !== undefined && URL.canParse(url) ? ask(program, url) : word
  })
  return {
    questions: parsed.filter((each) => typeof each !== 'string'),
    unreadable: parsed.filter((each) => typeof each === 'string'),
  }
}

function ask(program: string | undefined, address: string): Question {
  const url = new URL(address)
  return { program, url, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) }
}

/** Whether a question is one to the container that asks it. Pure. */
export const isSelf = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname)
