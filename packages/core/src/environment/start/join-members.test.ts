import { expect, test } from 'vitest'
import { sampleEnvironment } from '../../../test/samples.js'
import type { Context } from '../context.js'
import { introduceSnapshots } from './join-members.js'
import type { Member } from './tell-neighbours.js'

const SNAPSHOTS = '/home/dev/authn/.dev/devenv/snapshots'

function memberAt(checkout: string, ...beside: readonly string[]): Member {
  const code = { from: checkout.startsWith(SNAPSHOTS) ? ('image' as const) : ('checkout' as const) }
  return {
    context: { environment: { ...sampleEnvironment(), checkout, code } } as Context,
    variant: undefined,
    with: beside,
    libraries: [],
    accepts: undefined,
    library: undefined,
  }
}

test('snapshots of one checkout run beside each other, and beside nobody else’s', () => {
  const authn = '/home/dev/authn'
  const [lms, frontends] = [`${SNAPSHOTS}/edx-platform`, `${SNAPSHOTS}/frontends@ulmo.4`]
  const members = [
    memberAt(authn, lms, frontends),
    memberAt(frontends, authn),
    memberAt(lms, authn),
    memberAt('/home/dev/discovery'),
  ]
  introduceSnapshots(members)
  expect(members.map((member) => member.with)).toEqual([[lms, frontends], [authn, lms], [authn, frontends], []])
})
