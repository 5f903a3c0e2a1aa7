import { describe, expect, test } from 'vitest'
import type { ImagesPlan } from '../image/ensure-images.js'
import type { ImagePlan } from '../image/plan-image.js'
import type { PublishStep } from '../publish/plan-publish.js'
import { renderImagePlan, renderImagesPlans, renderPublishPlan } from './render-plans.js'

const NAME = 'ghcr.io/openedx/hello'
const OWN: ImagePlan = { do: 'use', reference: `${NAME}:inputs-0`, digest: '0', because: 'the inputs are the same' }

describe('a plan for images', () => {
  test('says of each what is done, and why, one below the other; what several releases share once', () => {
    const plan: ImagesPlan = {
      own: { ...OWN, do: 'build', because: 'requirements.txt changed since ulmo.4' },
      published: [
        { do: 'pull', reference: 'ghcr.io/openedx/devenv/shop-snapshot:1.2', platform: 'linux/amd64' },
        { do: 'use', reference: 'devenv/shop:1.2', platform: 'linux/amd64' },
      ],
      official: [
        { reference: 'mysql:8', taken: 'mysql:8@sha256:1', standIn: false, do: 'use', platform: 'linux/amd64' },
        { reference: 'redis:7', taken: 'redis:7', standIn: false, do: 'pull', platform: 'linux/amd64' },
        { reference: 'mongo:7', taken: 'mongo:7', standIn: true, do: 'pull', platform: 'linux/amd64' },
      ],
    }
    expect(renderImagesPlans([plan, { ...plan, own: OWN }, plan])).toEqual([
      `build ${NAME}:inputs-0  (requirements.txt changed since ulmo.4)`,
      `use   ${NAME}:inputs-0  (the inputs are the same)`,
      'pull  ghcr.io/openedx/devenv/shop-snapshot:1.2  (it is not here yet)',
      'use   devenv/shop:1.2  (it is here)',
      'use   mysql:8@sha256:1  (it is here)',
      'pull  redis:7  (it is not here yet)',
      'pull  mongo:7  (a stand-in for the official image)',
    ])
  })

  test.each(['use', 'tag', 'pull', 'build'] as const)('has its references in one column: %s', (does) => {
    const plan: ImagePlan = does === 'tag' ? { ...OWN, do: does, from: 'x' } : { ...OWN, do: does }
    expect(renderImagePlan(plan).indexOf(NAME)).toBe(6)
  })
})

describe('a plan for publishing', () => {
  const build: PublishStep = {
    do: 'build',
    reference: `${NAME}:inputs-1`,
    digest: '1',
    releases: ['ulmo.3', 'ulmo.4'],
    because: 'a.txt changed',
  }
  const STEPS: PublishStep[] = [
    build,
    { ...build, reference: `${NAME}:inputs-2`, releases: [] },
    {
      do: 'tag',
      kind: 'edition',
      name: NAME,
      from: 'inputs-1',
      as: 'ulmo.4-1.0.0',
      digest: '1',
      because: 'a new edition',
    },
  ]

  test('says what is kept, then what is built and for which releases, then which tags are set', () => {
    expect(renderPublishPlan({ steps: STEPS, present: [`${NAME}:inputs-0`], notes: ['not shown'] })).toEqual([
      `keep  ${NAME}:inputs-0  (the registry has it)`,
      `build ${NAME}:inputs-1  for ulmo.3, ulmo.4  (a.txt changed)`,
      `build ${NAME}:inputs-2  (a.txt changed)`,
      `tag   ${NAME}:ulmo.4-1.0.0 = inputs-1  (a new edition)`,
    ])
  })

  test('that has no steps says that there is nothing to do', () => {
    expect(renderPublishPlan({ steps: [], present: [`${NAME}:inputs-0`], notes: [] }).at(-1)).toBe('Nothing to do.')
    expect(renderPublishPlan({ steps: STEPS, present: [], notes: [] })).not.toContain('Nothing to do.')
  })
})
