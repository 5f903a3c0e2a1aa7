import type { ImagesPlan, PublishedPlan } from '../image/ensure-images.js'
import type { ImagePlan } from '../image/plan-image.js'
import type { PublishPlan } from '../publish/plan-publish.js'
import type { TagStep } from '../publish/plan-tags.js'
import type { SeedPublishPlan } from '../publish/publish-seed.js'

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
      : renderTag(step),
  )
  return withKept(present, lines)
}

/** Pure. */
export const renderSeedPublishPlan = ({ steps, present }: SeedPublishPlan): string[] =>
  withKept(
    present,
    steps.map((step) => (step.do === 'push' ? `push  ${step.reference}  (${step.because})` : renderTag(step))),
  )

const renderTag = ({ name, as, from, because }: TagStep): string => `tag   ${name}:${as} = ${from}  (${because})`

function withKept(present: readonly string[], lines: readonly string[]): string[] {
  const kept = present.map((reference) => `keep  ${reference}  (the registry has it)`)
  return [...kept, ...(lines.length === 0 ? ['Nothing to do.'] : lines)]
}
