import { existsSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Place } from '../problem/problem.js'
import {
  addressesOf,
  type ComposeService,
  type Definition,
  dockerfileOf,
  imageFolderOf,
  mountOf,
  oursOf,
  primaryOf,
  thirdPartyOf,
} from './definition.js'
import { readExtension } from './extension.js'
import { FOLDER_IN_CHECKOUT } from './find-package.js'
import { readPrograms } from './programs.js'
import type { Source } from './source.js'

/** What a rule looks at. `stores` is the folder that holds the data of third-party services. */
export type Subject = { definition: Definition; source: Source; checkout: string; stores: string }
export type Breach = { place: Place; what: string; fix: string }
/** `clause` is OEP-5's; `why` is shown with each breach. */
export type Rule = { name: string; clause: string; why: string; check(subject: Subject): Breach[] }

const ENTRYPOINT = '/opt/devenv/bin/entrypoint'
const PROGRAM = '/opt/devenv/bin/program'

/** `devenv/shop:1.2`, `ghcr.io/openedx/devenv/shop-snapshot:1.2`: an image that a package publishes. */
const OURS = /(^|\/)devenv\/[^/:@]+[:@]/

const officialImages: Rule = {
  name: 'official-images',
  clause: 'OEP-5 rule 1',
  why: 'A third-party service is the vendor’s official image at a stated version; nobody maintains another.',
  check: ({ definition, source }) =>
    otherThanPrimary(definition).flatMap((name) => {
      const { image, build } = definition.project.services[name] ?? {}
      const ours = oursOf(definition).includes(name)
      const place = source.placeOf(['services', name, 'image'])
      if (build)
        return [
          {
            place: source.placeOf(['services', name, 'build']),
            what: `${name} is built here.`,
            fix: `Name the ${ours ? 'published' : 'official'} image under \`image:\` and remove \`build:\`.`,
          },
        ]
      if (ours && !OURS.test(image ?? '')) {
        return [
          {
            place,
            what: `${name} runs provisioning steps, but no environment package publishes its image: ${image ?? 'it has none'}.`,
            fix: `image: \${DEVENV_IMAGES:-devenv}/${name}-snapshot:<version>`,
          },
        ]
      }
      if (versionOf(image) === undefined) {
        return [
          {
            place,
            what: `${name} names no version: ${image ?? 'it has no image'}.`,
            fix: ours
              ? `image: \${DEVENV_IMAGES:-devenv}/${name}-snapshot:<version>`
              : `image: \${DEVENV_MIRROR:-docker.io}/library/${name}:<version>`,
          },
        ]
      }
      return []
    }),
}

const runsUnderSupervisor: Rule = {
  name: 'runs-under-supervisor',
  clause: 'OEP-5 rule 2',
  why: 'supervisord is PID 1 of every Open edX container, so that web server, workers and watchers live and restart side by side.',
  check: ({ definition, source }) => {
    const breaches: Breach[] = []
    for (const name of oursOf(definition)) {
      const { entrypoint, command } = definition.project.services[name] ?? {}
      for (const [key, value] of Object.entries({ entrypoint, command })) {
        if (value == null) continue
        breaches.push({
          place: source.placeOf(['services', name, key]),
          what: `${name} sets \`${key}\`, which replaces supervisord.`,
          fix: `Remove \`${key}:\` and put the process into image/supervisor/<program>.conf.`,
        })
      }
    }
    const dockerfile = dockerfileOf(definition)
    if (!existsSync(dockerfile)) {
      breaches.push({
        place: { file: dockerfile },
        what: 'There is no Dockerfile.',
        fix: 'Start from examples/hello/environment/Dockerfile.',
      })
    } else if (!readFileSync(dockerfile, 'utf8').includes(`ENTRYPOINT ["${ENTRYPOINT}"]`)) {
      breaches.push({
        place: { file: dockerfile },
        what: 'The image does not start with devenv’s entrypoint.',
        fix: `ENTRYPOINT ["${ENTRYPOINT}"]`,
      })
    }
    // Another service of ours brings its programs in its image.
    if (oursOf(definition).length === 1 && readPrograms(definition).length === 0) {
      const file = join(imageFolderOf(definition), 'supervisor')
      breaches.push({
        place: { file },
        what: 'The package declares no program.',
        fix: 'Add <program>.conf there, with a [program:…] section.',
      })
    }
    return breaches
  },
}

const logsToStdout: Rule = {
  name: 'logs-to-stdout',
  clause: 'OEP-5 rule 3',
  why: 'Every line goes to the screen and to disk; supervisord itself can do only one of the two.',
  check: ({ definition, source }) => [
    ...readPrograms(definition).flatMap(({ name, file, line, command, logfile }) => {
      const wanted = `command=${PROGRAM} ${name} -- `
      if (!`command=${command} `.startsWith(wanted)) {
        return [
          {
            place: { file, line },
            what: `The program ${name} does not write through devenv’s log forwarder.`,
            fix: `${wanted}${command ?? '…'}`,
          },
        ]
      }
      return logfile === undefined
        ? []
        : [
            {
              place: { file, line },
              what: `The program ${name} sends its output to a file of its own.`,
              fix: `Remove ${logfile}=.`,
            },
          ]
    }),
    ...Object.entries(definition.project.services).flatMap(([name, service]) =>
      service.logging === undefined
        ? []
        : [
            {
              place: source.placeOf(['services', name, 'logging']),
              what: `${name} has a log driver of its own.`,
              fix: 'Remove `logging:`.',
            },
          ],
    ),
  ],
}

const dataStaysInDataDirectory: Rule = {
  name: 'data-stays-in-data-directory',
  clause: 'OEP-5 rule 4',
  why: 'A third-party service keeps its data in the data directory: DEVENV_DIR moves it, and `dev.clean` removes it.',
  check: ({ definition, source, checkout, stores }) =>
    Object.entries(definition.project.services).flatMap(([name, { volumes }]) =>
      (volumes ?? []).flatMap((volume) => {
        const kept = volume.type === 'tmpfs' || volume.read_only === true
        const folders = oursOf(definition).includes(name) ? [stores, checkout] : [stores]
        const owned =
          volume.type === 'bind' && folders.some((folder) => `${volume.source}${sep}`.startsWith(`${folder}${sep}`))
        if (kept || owned) return []
        return [
          {
            place: source.placeOf(['services', name, 'volumes']),
            what: `${name} keeps ${volume.target} in ${volume.source ?? 'an anonymous volume'}.`,
            fix: `- \${DEVENV_STORES:-.dev/devenv/stores}/${name}:${volume.target}  (or read_only: true, if it only reads there)`,
          },
        ]
      }),
    ),
}

const checkoutIsMounted: Rule = {
  name: 'checkout-is-mounted',
  clause: 'OEP-5 rule 5',
  why: 'The environment runs the developer’s checkout, never a copy of it.',
  check: ({ definition, source, checkout }) => {
    const { working_dir, volumes } = primaryOf(definition)
    const mounted = volumes?.some(
      ({ source: from, target, read_only }) => from === checkout && target === working_dir && !read_only,
    )
    const without = oursOf(definition)
      .filter((name) => name !== definition.primary && mountOf(definition, name, checkout) === undefined)
      .map((name) => ({
        place: source.placeOf(['services', name, 'volumes']),
        what: `${name} runs provisioning steps as the owner of the checkout, but does not mount the checkout.`,
        fix: `volumes: ["\${DEVENV_CHECKOUT:-.}:<folder in ${name}>"]`,
      }))
    if (mounted) return without
    return [
      ...without,
      {
        place: source.placeOf(['services', definition.primary, 'volumes']),
        what: `${definition.primary} does not mount the checkout at its working_dir (${working_dir ?? 'not set'}).`,
        fix: `volumes: ["\${DEVENV_CHECKOUT:-.}:${working_dir ?? '/edx/app/<service>'}"] and the same path as working_dir.`,
      },
    ]
  },
}

const imageByDigest: Rule = {
  name: 'image-by-digest',
  clause: 'OEP-5 rule 7',
  why: 'The digest of its inputs names the image, so the build may see only those inputs.',
  check: ({ definition, source, checkout }) => {
    const { image, build } = primaryOf(definition)
    const at = (key: string) => source.placeOf(['services', definition.primary, key])
    const breaches: Breach[] = []
    if (image === undefined || versionOf(image) !== undefined) {
      breaches.push({
        place: at('image'),
        what: `The image of ${definition.primary} must be a name without a tag, not ${image ?? 'nothing'}.`,
        fix: `image: devenv/${definition.package.service}`,
      })
    }
    if (build === undefined) {
      breaches.push({
        place: at('image'),
        what: `${definition.primary} has no \`build:\`.`,
        fix: 'Add `build:` with context, dockerfile and target.',
      })
    } else breaches.push(...breachesOf(build, { definition, source, checkout }))
    const ignore = `${dockerfileOf(definition)}.dockerignore`
    const first = existsSync(ignore)
      ? readFileSync(ignore, 'utf8')
          .split('\n')
          .find((line) => line.trim() !== '' && !line.startsWith('#'))
      : undefined
    if (first?.trim() !== '*') {
      breaches.push({
        place: { file: ignore, line: 1 },
        what: 'The build context is not an allowlist.',
        fix: 'Start with `*`, then write one `!path` for each input.',
      })
    }
    return breaches
  },
}

/** A commit has no folder: what is built from it is the whole of it, by a package that is not in it. */
function breachesOf(
  { context, dockerfile, additional_contexts = {} }: NonNullable<ComposeService['build']>,
  { definition, source, checkout }: Omit<Subject, 'stores'>,
): Breach[] {
  const at = (...path: string[]) => source.placeOf(['services', definition.primary, 'build', ...path])
  const below = (path: string, folder: string) => `${path}${sep}`.startsWith(`${folder}${sep}`)
  const packages = [definition.package.directory, join(checkout, FOLDER_IN_CHECKOUT, 'node_modules')]
  const isOfCheckout = (path: string) => below(path, checkout) && !packages.some((folder) => below(path, folder))
  const contexts = Object.entries(additional_contexts)
  const taken = contexts.filter(([name]) => name === 'context' || name === 'checkout')
  const inside = contexts.filter(([, path]) => isOfCheckout(path))
  return [
    ...(context === checkout
      ? []
      : [
          {
            place: at('context'),
            what: `${definition.primary} builds from ${context}, not from the checkout.`,
            fix: `context: \${DEVENV_CHECKOUT:-.}   and in Dockerfile.dockerignore write paths from there`,
          },
        ]),
    ...(dockerfile === undefined || !isOfCheckout(dockerfile)
      ? []
      : [
          {
            place: at('dockerfile'),
            what: `The Dockerfile lies in the checkout: ${dockerfile}.`,
            fix: `Put it into the package: dockerfile: \${DEVENV_PACKAGE:-.}/Dockerfile`,
          },
        ]),
    ...taken.map(([name]) => ({
      place: at('additional_contexts', name),
      what: `A context cannot have the name ${name}: it means the checkout.`,
      fix: 'Give it another name, in the Dockerfile too.',
    })),
    ...inside.map(([name, path]) => ({
      place: at('additional_contexts', name),
      what: `The context ${name} lies in the checkout: ${path}.`,
      fix: 'Remove it: COPY sees the files of the checkout that Dockerfile.dockerignore lets through.',
    })),
  ]
}

const targetsAreThere: Rule = {
  name: 'supplied-targets-are-there',
  clause: 'OEP-5 rule 8',
  why: 'A target that the package promises must run at once.',
  check: ({ definition, source }) => {
    const file = join(imageFolderOf(definition), 'targets.mk')
    const supplied = parseTargets(existsSync(file) ? readFileSync(file, 'utf8') : '')
    return Object.entries(definition.targets).flatMap(([target, { needs }]) => {
      const place = source.placeOf(['x-devenv', 'targets', target])
      const missing = supplied.has(target)
        ? []
        : [
            {
              place,
              what: `${file} has no target ${target}.`,
              fix: `Write a rule ${target}: there, or remove the target here.`,
            },
          ]
      return [
        ...missing,
        ...unknownServices(definition, needs ?? []).map((name) => ({
          place,
          what: `${target} needs ${name}, but this file has no such service.`,
          fix: knownServices(definition),
        })),
      ]
    })
  },
}

const stepsNameServices: Rule = {
  name: 'steps-name-services',
  clause: 'OEP-5 rule 4',
  why: 'A step runs again when its store is new.',
  check: ({ definition, source, stores }) =>
    definition.provision.flatMap(({ name, service, when }, index) => {
      const place = source.placeOf(['x-devenv', 'provision', index])
      const fix = knownServices(definition)
      return [
        ...unknownServices(definition, [service]).map((unknown) => ({
          place,
          what: `The step ${name} runs in ${unknown}, but this file has no such service.`,
          fix,
        })),
        ...when.stores
          .filter((store) => !thirdPartyOf(definition).includes(store) && !keepsStore(definition, store, stores))
          .map((store) => ({
            place,
            what: `The step ${name} fills ${store}, but this file has no such service that keeps data.`,
            fix,
          })),
      ]
    }),
}

const keepsStore = (definition: Definition, service: string, stores: string): boolean =>
  (definition.project.services[service]?.volumes ?? []).some(({ source }) => source?.startsWith(`${stores}${sep}`))

const loopbackOnly: Rule = {
  name: 'loopback-only',
  clause: 'OEP-5 rule 9',
  why: 'Compose publishes ports on all interfaces, past the firewall; a development database must not be open to the network.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, { ports, network_mode }]) => {
      const open = (ports ?? []).filter(
        ({ host_ip }) => host_ip !== undefined && !/^(127\.|::1$|localhost$)/.test(host_ip),
      )
      const host =
        network_mode === undefined
          ? []
          : [
              {
                place: source.placeOf(['services', name, 'network_mode']),
                what: `${name} leaves the environment’s own network.`,
                fix: 'Remove `network_mode:`.',
              },
            ]
      return [
        ...open.map(({ host_ip, target }) => ({
          place: source.placeOf(['services', name, 'ports']),
          what: `${name} publishes port ${target} on ${host_ip}.`,
          fix: `ports: ["${target}"]  (devenv binds a loopback port)`,
        })),
        ...host,
      ]
    }),
}

const nothingOfOthers: Rule = {
  name: 'takes-nothing-of-others',
  clause: 'OEP-5, backwards compatibility',
  why: 'Devstack, Tutor and other checkouts on this machine keep their names and ports.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, service]) =>
      service.container_name === undefined
        ? []
        : [
            {
              place: source.placeOf(['services', name, 'container_name']),
              what: `${name} has a fixed container name.`,
              fix: 'Remove `container_name:`.',
            },
          ],
    ),
}

const ownerIsMapped: Rule = {
  name: 'owner-is-mapped',
  clause: 'OEP-5, dev.shell',
  why: 'The container starts as root and becomes the owner of the checkout; with a fixed user it cannot.',
  check: ({ definition, source }) =>
    oursOf(definition).flatMap((name) => {
      const user = definition.project.services[name]?.user
      if (user === undefined) return []
      return [
        {
          place: source.placeOf(['services', name, 'user']),
          what: `${name} has a fixed user, ${user}.`,
          fix: 'Remove `user:`.',
        },
      ]
    }),
}

const healthIsKnown: Rule = {
  name: 'health-is-known',
  clause: 'OEP-5, dev.watch',
  why: 'A start waits for health and for nothing else; Compose ignores `start_interval` without `start_period`.',
  check: ({ definition, source }) =>
    Object.entries(definition.project.services).flatMap(([name, { healthcheck }]) => {
      const place = source.placeOf(['services', name, 'healthcheck'])
      if (healthcheck?.test === undefined || healthcheck.test[0] === 'NONE' || healthcheck.disable) {
        return [
          {
            place,
            what: `${name} has no health check.`,
            fix: 'Add `healthcheck:` with test, start_period and start_interval.',
          },
        ]
      }
      if (healthcheck.start_period === undefined || healthcheck.start_interval === undefined) {
        return [
          {
            place,
            what: `The health check of ${name} needs both start_period and start_interval.`,
            fix: 'start_period: 60s and start_interval: 200ms',
          },
        ]
      }
      return []
    }),
}

const accountsNameAddresses: Rule = {
  name: 'accounts-name-addresses',
  clause: 'OEP-5, dev.watch',
  why: 'devenv prints the address of each account, so it must answer.',
  check: ({ definition, source }) => {
    const published = addressesOf(definition).map(({ port }) => port)
    return definition.accounts.flatMap(({ what, port }, index) =>
      port === undefined || published.includes(port)
        ? []
        : [
            {
              place: source.placeOf(['x-devenv', 'accounts', index, 'port']),
              what: `The account ${what} names port ${port}, but the Compose file does not publish that port.`,
              fix: `Name one of: ${published.join(', ') || 'none'}.`,
            },
          ],
    )
  },
}

const variantsAreThere: Rule = {
  name: 'variants-are-there',
  clause: 'OEP-5 rule 5',
  why: 'Without that file, such a checkout would run in an environment made for another one.',
  check: ({ definition, source }) =>
    Object.keys(readExtension(definition.package).variants ?? {}).flatMap((variant) => {
      const file = `compose.${variant}.yaml`
      if (existsSync(join(definition.package.directory, file))) return []
      return [
        {
          place: source.placeOf(['x-devenv', 'variants', variant]),
          what: `The variant ${variant} has no ${file}.`,
          fix: `Write ${file}: the differences from compose.yaml for such checkouts.`,
        },
      ]
    }),
}

/** What can be read from a package before anything runs. The clauses seen at run time: `docs/oep-5.md`. */
export const OEP5_RULES = [
  officialImages,
  runsUnderSupervisor,
  logsToStdout,
  dataStaysInDataDirectory,
  checkoutIsMounted,
  imageByDigest,
  targetsAreThere,
  stepsNameServices,
  loopbackOnly,
  nothingOfOthers,
  ownerIsMapped,
  healthIsKnown,
  variantsAreThere,
  accountsNameAddresses,
] satisfies Rule[]

/** The targets that a makefile has rules for. Pure. */
function parseTargets(text: string): Set<string> {
  const rules = [...text.matchAll(/^([^\s#:=][^:=#\n]*):(?!=)/gm)]
  return new Set(rules.flatMap(([, names]) => (names ?? '').split(/\s+/)))
}

/** The tag or digest of an image reference, `latest` and none excepted. `localhost:5000/mysql` has none. */
export function versionOf(image: string | undefined): string | undefined {
  const version = /(?:@sha256:|:)([^/:]+)$/.exec(image ?? '')?.[1]
  return version === 'latest' ? undefined : version
}

const otherThanPrimary = ({ primary, project }: Definition) =>
  Object.keys(project.services).filter((name) => name !== primary)

const knownServices = (definition: Definition) => `Name one of: ${Object.keys(definition.project.services).join(', ')}.`

const unknownServices = (definition: Definition, names: readonly string[]) =>
  names.filter((name) => definition.project.services[name] === undefined)
