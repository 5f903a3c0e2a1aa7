import type { Library } from '../environment/project/libraries.js'
import type { Known } from '../environment/verbs/list.js'
import type { PrunePlan } from '../environment/verbs/prune.js'
import type { Beside } from '../environment/verbs/read-beside.js'
import type { State } from '../environment/verbs/state-of.js'
import type { Attached } from '../environment/verbs/status.js'
import { renderProblem } from '../problem/explain-problem.js'
import { quoted } from '../problem/quoted.js'

const ABOUT = { there: '', gone: '  (gone)', unknown: '  (cannot be seen)' }

/** A line each. Pure. */
export function renderList(environments: readonly Known[]): string[] {
  const width = Math.max(...environments.map(({ urls: [url = ''] }) => url.length))
  const names = Math.max(16, ...environments.map(({ service }) => service.length))
  return environments.map(({ service, state, urls: [url = ''], checkout, presence, beside, libraries }) => {
    const address = width === 0 ? '' : `${url.padEnd(width)}  `
    const told = [namesOf('beside', beside), namesOf('with', libraries.map(nameOf))]
    return `${service.padEnd(names)} ${state.padEnd(15)} ${address}${checkout}${ABOUT[presence]}${told.join('')}`
  })
}

const nameOf = ({ name }: Library): string => name

/** Where it answers, or why it does not. */
const whereOf = ({ state, url = '' }: { state: State; url: string | undefined }): string =>
  state === 'running' ? url : state

const namesOf = (what: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `  ${what} ${names.join(', ')}`

/** The libraries that a service has installed, a line each, and what is wrong with them. Pure. */
export const renderLibraries = (libraries: readonly Attached[]): string[] =>
  libraries.flatMap(({ name, checkout, presence, problems }) => [
    `  library   ${name}  ${checkout}${ABOUT[presence]}`,
    ...problems.flatMap((problem) => renderProblem(problem).split('\n')).map((line) => `      ${line}`),
  ])

/** The services that have a library installed, a line each. Pure. */
export const renderServed = (served: readonly Known[]): string[] =>
  served.map(
    ({ service, state, urls: [url], checkout, presence }) =>
      `  installed in ${service}  ${whereOf({ state, url })}  ${checkout}${ABOUT[presence]}`,
  )

/** The environments beside one, a line each. Pure. */
export function renderBeside(beside: readonly Beside[]): string[] {
  const width = Math.max(8, ...beside.map(({ service }) => service.length))
  return beside.map(
    ({ service, state, url, checkout, presence, snapshot }) =>
      `  beside it: ${service.padEnd(width)} ${whereOf({ state, url })}  ${snapshot === undefined ? checkout : `(snapshot ${snapshot})`}${ABOUT[presence]}`,
  )
}

/** Who still runs beside an environment that was stopped or removed, or remembers one that was removed, and how the two part. Pure. */
export const explainLeftBehind = (beside: readonly Beside[], what: 'stopped' | 'removed'): string[] =>
  beside.flatMap(({ service, checkout, state, snapshot }) => {
    const again = `Its next start starts this one too. To part the two: make -C ${quoted(checkout)} devenv.start WITH=`
    if (state === 'not created' || snapshot !== undefined) return []
    if (state !== 'stopped') return [`${service} (${checkout}) keeps running. ${again}`]
    return what === 'removed' ? [`${service} (${checkout}) is stopped. ${again}`] : []
  })

/** What `devenv prune` would remove, and what it leaves. Pure. */
export function renderPrunePlan({ environments, unseen, images }: PrunePlan): string[] {
  const megabytes = Math.round(images.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)
  return [
    ...(environments.length === 0 ? [] : ['The checkouts of these environments are gone:']),
    ...renderList(environments).map((line) => `  ${line}`),
    ...(images.length === 0
      ? []
      : [`No container uses these images (${megabytes} MB, layers that they share included):`]),
    ...images.map(({ names }) => `  ${names.join(', ')}`),
    ...unseen.flatMap(({ service, checkout, project }) => [
      `devenv leaves ${service} alone, because it cannot see ${checkout}: another user's folder, or a disk that is not mounted.`,
      `  If that checkout is gone, this removes its containers: docker compose --project-name ${project} down`,
    ]),
  ]
}
