import { basename, dirname, join, relative, resolve } from 'node:path'
import { CORE_DIRECTORY } from '../definition/core-directory.js'
import { requireFolder } from '../environment/open-environment.js'
import { readBranch, readOrigin } from '../git/git-repository.js'
import { DevenvError } from '../problem/problem.js'
import { lookIntoCheckout } from '../scaffold/look-into-checkout.js'
import { type NewPackage, planPackage } from '../scaffold/plan-package.js'
import { SERVERS } from '../scaffold/servers.js'
import { writePackage } from '../scaffold/write-package.js'

type Given = Partial<NewPackage> & Pick<NewPackage, 'service' | 'version'> & { checkout?: string }

/** Writes a new package; gives its files and what to tell the person. @throws DevenvError `package-taken`, `folder-unusable`, `server-unknown`, `checkout-missing` */
export async function createPackage(
  directory: string,
  given: Given,
): Promise<{ files: string[]; guesses: readonly string[]; left: readonly string[] }> {
  requireServers(given.servers ?? [])
  const checkout = given.checkout === undefined ? undefined : requireFolder(resolve(given.checkout), given.service)
  const origin = checkout === undefined ? undefined : await readOrigin(checkout)
  const repository = given.repository ?? origin
  const clone = basename(repository ?? checkout ?? given.service, '.git')
  const branch = given.branch ?? (checkout === undefined ? undefined : await readBranch(checkout))
  const plan = planPackage(
    {
      service: given.service,
      kind: given.kind,
      port: given.port,
      repository,
      branch,
      servers: given.servers,
      version: given.version,
      core: relative(directory, CORE_DIRECTORY),
      clone: relative(directory, checkout ?? join(dirname(dirname(dirname(directory))), clone)),
    },
    // Without a checkout an empty folder tells as much.
    lookIntoCheckout(checkout ?? join(directory, 'nothing')),
  )
  return { files: writePackage(directory, plan), guesses: plan.guesses, left: plan.left }
}

function requireServers(servers: readonly string[]): void {
  const known = SERVERS.map(({ name }) => name)
  for (const server of servers) {
    const name = server.split(':')[0] ?? ''
    if (!known.includes(name as (typeof known)[number])) throw new DevenvError({ code: 'server-unknown', name, known })
  }
}
