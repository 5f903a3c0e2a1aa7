import type { Known } from '../environment/verbs/list.js'
import type { PrunePlan } from '../environment/verbs/prune.js'

const ABOUT = { there: '', gone: '  (gone)', unknown: '  (cannot be seen)' }

/** A line of `devenv list`. Pure. */
export const renderKnown = ({ service, state, checkout, presence }: Known): string =>
  `${service.padEnd(16)} ${state.padEnd(15)} ${checkout}${ABOUT[presence]}`

/** What `devenv prune` would remove, and what it leaves. Pure. */
export function renderPrunePlan({ environments, unseen, images }: PrunePlan): string[] {
  const megabytes = Math.round(images.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6)
  return [
    ...(environments.length === 0 ? [] : ['The checkouts of these environments are gone:']),
    ...environments.map((known) => `  ${renderKnown(known)}`),
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
