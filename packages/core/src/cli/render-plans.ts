import type { ImagesPlan, PublishedPlan } from '../image/ensure-images.js'
import type { ImagePlan } from '../image/plan-image.js'
import type { PublishPlan } from '../publish/plan-publish.js'

/** Pure. */
export const renderImagePlan = (plan: ImagePlan): string => `${plan.do.padEnd(5)} ${plan.reference}  (${plan.because})`

/** What several releases share is said once. Pure. */
export const renderImagesPlans = (plans: readonly ImagesPlan[]): string[] => [
  ...new Set([
    ...plans.map(({ own }) => renderImagePlan(own)),
    ...plans.flatMap(({ published }) => published.map(renderPublished)),
    ...plans.flatMap(renderOfficial),
  ]),
]

const presence = { use: 'it is here', pull: 'it is not here yet' }

const renderPublished = ({ do: what, reference }: PublishedPlan): string =>
  `${what.padEnd(5)} ${reference}  (${presence[what]})`

const renderOfficial = ({ official }: ImagesPlan): string[] =>
  official.map(
    ({ do: what, taken, standIn }) =>
      `${what.padEnd(5)} ${taken}  (${standIn ? 'a stand-in for the official image' : presence[what]})`,
  )

/** Pure. */
export function renderPublishPlan({ steps, present }: PublishPlan): string[] {
  const lines = steps.map((step) =>
    step.do === 'build'
      ? `build ${step.reference}${step.releases.length > 0 ? `  for ${step.releases.join(', ')}` : ''}  (${step.because})`
      : `tag   ${step.name}:${step.as} = ${step.from}  (${step.because})`,
  )
  const kept = present.map((reference) => `keep  ${reference}  (the registry has it)`)
  return lines.length === 0 ? [...kept, 'Nothing to do.'] : [...kept, ...lines]
}
