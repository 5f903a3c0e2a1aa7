import type { BuildHost } from '../definition/definition.js'
import { bears } from '../definition/recognise.js'
import { DevenvError, type Problem } from '../problem/problem.js'
import { isLoopback } from '../registry/repository.js'
import { findSilence } from '../registry/transport.js'
import type { ServiceImage } from './image-source.js'
import type { ImagePlan } from './plan-image.js'
import type { ImageSources } from './read-plan.js'

/** Milliseconds. */
const LIMIT = 5_000

/**
 * Asks the hosts that a build will need before it begins; offline, nobody.
 * @throws DevenvError `host-unreachable` for each that gives no answer
 */
export async function requireHosts(
  plan: ImagePlan,
  image: ServiceImage,
  { network, access }: Pick<ImageSources, 'network' | 'access'>,
): Promise<void> {
  if (plan.do !== 'build' || network === 'offline') return
  const asked = (await readNeededHosts(image)).map(async ({ host, because, instead }): Promise<Problem[]> => {
    const url = new URL(`https://${host}/`)
    if (isLoopback(url.hostname)) url.protocol = 'http:'
    const detail = await findSilence(url, access, LIMIT)
    return detail === undefined ? [] : [{ code: 'host-unreachable', host, because, instead, detail }]
  })
  const problems = (await Promise.all(asked)).flat()
  if (problems.length > 0) throw new DevenvError(...problems)
}

/** Those that the build of an image fetches from, with its arguments and the files of its checkout. */
export async function readNeededHosts({ definition, inputs, tree }: ServiceImage): Promise<BuildHost[]> {
  const looked = definition.hosts.map(async (each) => {
    const spared = Object.entries(each.unless).some(([name, value]) => inputs.spec.args[name] === value)
    if (spared) return []
    const marks = await Promise.all(each.where.map((mark) => bears(tree, mark)))
    return marks.length === 0 || marks.includes(true) ? [each] : []
  })
  return (await Promise.all(looked)).flat()
}
