import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  SAMPLE_CHECKOUT,
  SAMPLE_SNAPSHOT,
  sampleDefinition,
  sampleEnvironment,
  sampleSettings,
  testEach,
} from '../../../test/samples.js'
import {
  addressesOf,
  type ComposeProject,
  type ComposeService,
  type Definition,
  oursOf,
  thirdPartyOf,
  withoutMounts,
} from '../../definition/definition.js'
import { mapStrings } from '../../definition/map-strings.js'
import { LABELS } from '../../engine/labels.js'
import type { Settings } from '../../settings/settings.js'
import type { Environment } from '../environment.js'
import { placesOf } from './addresses.js'
import { sharedNetwork } from './neighbours.js'
import { CA_BUNDLE, type ProjectFacts, planProject, renderProject, secondsOf } from './plan-project.js'

const FACTS: ProjectFacts = {
  image: 'devenv/hello:inputs-0123',
  official: {},
  ports: { hello: { 8000: 23000 } },
  mountPoint: '/home',
  storesIdentity: '1:2',
  mounted: '7:8',
  git: {},
  authorities: undefined,
  mtu: undefined,
  neighbours: [],
  libraries: [],
}

const plan = (
  change: {
    definition?: Definition
    environment?: Environment
    settings?: Partial<Settings>
    facts?: Partial<ProjectFacts>
  } = {},
): ComposeProject =>
  planProject(
    change.definition ?? sampleDefinition(),
    change.environment ?? sampleEnvironment(),
    sampleSettings(change.settings),
    { ...FACTS, ...change.facts },
  )
const service = (project: ComposeProject, name: string): ComposeService => {
  const found = project.services[name]
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
const configs = (project: ComposeProject) =>
  Object.fromEntries(Object.entries(project.services).map(([name, { labels }]) => [name, labels?.[LABELS.config]]))

describe('a project with libraries', () => {
  const libraries = [
    { name: 'xblock-poll', checkout: '/home/dev/xblock-poll' },
    { name: 'forum', checkout: '/home/dev/forum' },
  ]

  test('mounts each into the primary container alone, which is told where they are', () => {
    const [without, project] = [plan(), plan({ facts: { libraries } })]
    const { environment, volumes = [] } = service(project, 'hello')
    expect(environment?.DEVENV_LIBRARIES).toBe('/edx/libraries/xblock-poll:/edx/libraries/forum')
    expect(volumes.filter(({ target }) => target.startsWith('/edx/libraries/'))).toMatchObject([
      { type: 'bind', source: '/home/dev/xblock-poll', bind: { create_host_path: false } },
      { type: 'bind', source: '/home/dev/forum' },
    ])
    expect(configs(project)).toEqual({
      ...configs(without),
      hello: expect.not.stringMatching(`^${configs(without).hello}$`),
    })
  })

  test('leaves the container its own', () => {
    const definition = sampleDefinition()
    const hello = { ...service(definition.project, 'hello'), environment: { DEVENV_LIBRARIES: '/edx/app/hello' } }
    const own = {
      ...definition,
      project: { ...definition.project, services: { ...definition.project.services, hello } },
    }
    const told = [[], libraries].map((each) => {
      const project = plan({ definition: own, facts: { libraries: each } })
      return service(project, 'hello').environment?.DEVENV_LIBRARIES
    })
    expect(told).toEqual(['/edx/app/hello', '/edx/app/hello:/edx/libraries/xblock-poll:/edx/libraries/forum'])
  })
})

describe('a project with another environment beside it', () => {
  const LMS = {
    service: 'lms',
    checkout: '/lms',
    project: 'devenv-lms-1',
    ports: { 80: 23100 },
    address: 80,
    secret: 'x',
    asks: [],
  }
  const alone = plan()
  const project = plan({ facts: { neighbours: [LMS] } })

  test('has a network more, which it does not own, and there answers by the name of its service', () => {
    const name = sharedNetwork(sampleEnvironment().project, LMS.project)
    expect(project.networks?.['with-lms']).toEqual({ name, external: true })
    expect(service(project, 'hello').networks).toEqual({ default: null, 'with-lms': { aliases: ['hello'] } })
    expect(service(project, 'mysql').networks).toEqual(service(alone, 'mysql').networks)
  })

  test('tells the primary container where that is, and replaces no other', () => {
    expect(service(project, 'hello').environment).toMatchObject({ DEVENV_LMS_SERVER: 'http://lms:80' })
    const [before, after] = [configs(alone), configs(project)]
    expect(after.hello).not.toBe(before.hello)
    expect(after.mysql).toBe(before.mysql)
  })
})

describe('a project with a snapshot beside it', () => {
  const place = join(sampleEnvironment().paths.snapshots, 'lms')
  const beside = { service: 'lms', project: 'devenv-lms-1', ports: {}, address: undefined, secret: 'x', asks: [] }
  const code = SAMPLE_SNAPSHOT

  test('hides the data of that in its own code', () => {
    const masks = (checkout: string) =>
      service(plan({ facts: { neighbours: [{ ...beside, checkout }] } }), 'hello').volumes?.flatMap(
        ({ type, target }) => (type === 'tmpfs' ? [target.replace(/^.*\/devenv\//, '')] : []),
      )
    expect(masks('/lms')).toEqual(['stores'])
    expect(masks(place)).toEqual(['stores', 'snapshots'])
  })

  test('mounts no code where that comes from an image, and programs run as who keeps the data', () => {
    const environment = { ...sampleEnvironment(), code }
    const definition = withoutMounts(sampleDefinition(), environment.checkout)
    const { volumes = [], environment: variables } = service(plan({ definition, environment }), 'hello')
    expect(volumes.map(({ source }) => source)).not.toContain(environment.checkout)
    expect(volumes.map(({ target }) => target)).toContain(variables?.DEVENV_OWNER_OF)
  })
})

describe('a planned project', () => {
  test('publishes every port on loopback only, on the host port it was given', () => {
    const project = plan({
      definition: sampleDefinition({}, { hello: { ports: [{ target: 8000, host_ip: '0.0.0.0', published: '80' }] } }),
      facts: { ports: { hello: { 8000: 23000, 8001: 23001 }, mysql: { 3306: 23002 } } },
    })
    const published = Object.values(project.services).flatMap(({ ports }) => ports ?? [])
    expect(published.map(({ target, published }) => `${published}:${target}`)).toEqual([
      '23000:8000',
      '23001:8001',
      '23002:3306',
    ])
    expect(new Set(published.map(({ host_ip }) => host_ip))).toEqual(new Set(['127.0.0.1']))
  })

  test('publishes nothing of a service that was given no port', () => {
    const definition = sampleDefinition({}, { mysql: { ports: [{ target: 3306, published: '3306' }] } })
    expect(service(plan({ definition }), 'mysql').ports).toEqual([])
  })

  test('labels every container and the network with service, checkout and stores', () => {
    const project = plan()
    const all = [...Object.values(project.services), project.networks?.default ?? {}]
    for (const { labels } of all) {
      expect(labels).toMatchObject({
        [LABELS.service]: 'hello',
        [LABELS.checkout]: SAMPLE_CHECKOUT,
        [LABELS.stores]: '1:2',
      })
    }
  })

  test('keeps the labels that a service has already', () => {
    const definition = sampleDefinition({}, { memcached: { labels: { mine: 'yes' } } })
    expect(service(plan({ definition }), 'memcached').labels).toMatchObject({ mine: 'yes', [LABELS.service]: 'hello' })
  })

  test('bounds the engine’s copy of every log', () => {
    for (const { logging } of Object.values(plan().services))
      expect(logging).toEqual({ driver: 'json-file', options: { 'max-size': '100m', 'max-file': '2' } })
  })

  describe('with what a checkout adds beside the services', () => {
    const definition = (): Definition => {
      const described = sampleDefinition(
        {},
        { hello: { networks: { front: null, company: null }, secrets: [{ source: 'token' }] } },
      )
      Object.assign(described.project, {
        networks: {
          default: { name: 'p_default', ipam: {}, driver_opts: { a: 'b' } },
          front: { name: 'p_front', ipam: {}, internal: true },
          company: { name: 'company', external: true },
        },
        volumes: { seed: { name: 'seed', external: true } },
        secrets: { token: { name: 'p_token', file: '/home/me/token' } },
        configs: { motd: { name: 'p_motd', content: 'hi' } },
      })
      return described
    }

    test('keeps networks, volumes, secrets and configs', () => {
      const { networks, volumes, secrets, configs } = plan({ definition: definition(), facts: { mtu: 1400 } })
      const labels = expect.objectContaining({ [LABELS.service]: 'hello' })
      const mtu = { 'com.docker.network.driver.mtu': '1400' }
      expect(networks).toEqual({
        default: { name: 'p_default', labels, driver_opts: { ...mtu, a: 'b' } },
        front: { name: 'p_front', internal: true, labels, driver_opts: mtu },
        company: { name: 'company', external: true },
      })
      expect(volumes).toEqual({ seed: { name: 'seed', external: true } })
      expect(secrets).toEqual({ token: { name: 'p_token', file: '/home/me/token' } })
      expect(configs).toEqual({ motd: { name: 'p_motd', content: 'hi' } })
    })

    test('replaces containers when one of them changes', () => {
      const changed = definition()
      Object.assign(changed.project, { secrets: { token: { name: 'p_token', file: '/home/me/other' } } })
      expect(configs(plan({ definition: changed })).hello).not.toBe(configs(plan({ definition: definition() })).hello)
    })
  })

  test('has the engine make no folder for a bind that is not there', () => {
    const volume = { type: 'bind', source: '/home/dev/extra', target: '/extra', read_only: true }
    const definition = sampleDefinition(
      {},
      { memcached: { volumes: [{ ...volume, bind: { create_host_path: true } }] } },
    )
    expect(service(plan({ definition }), 'memcached').volumes).toEqual([
      { ...volume, bind: { create_host_path: false } },
    ])
  })

  test('takes no name but its own', () => {
    const project = plan()
    expect(project.name).toBe(sampleEnvironment().project)
    expect(JSON.stringify(project.networks)).toContain(`${sampleEnvironment().project}_default`)
    expect(Object.keys(project)).not.toContain('volumes')
  })

  test('runs the primary from the image of its inputs and never lets Compose build', () => {
    const primary = service(plan(), 'hello')
    expect(primary.image).toBe(FACTS.image)
    expect(primary).not.toHaveProperty('build')
  })

  test('holds the programs of the primary, and tells it its service and its addresses', () => {
    const { environment } = service(plan({ facts: { ports: { hello: { 8000: 23000, 8001: 23001 } } } }), 'hello')
    expect(environment).toMatchObject({
      GREETING: 'hello',
      DEVENV_CONTAINER: 'hello',
      DEVENV_HELD: '1',
      DEVENV_URL: 'http://localhost:23000',
      DEVENV_URL_8000: 'http://localhost:23000',
      DEVENV_URL_8001: 'http://localhost:23001',
    })
  })

  test('tells the primary that its servers boot whole, where that is set', () => {
    const reloadOf = (settings: Partial<Settings>) => service(plan({ settings }), 'hello').environment?.DEVENV_RELOAD
    expect(
      [{ reload: 'plain' }, { reload: 'checkpoint' }, {}].map((each) => reloadOf(each as Partial<Settings>)),
    ).toEqual(['plain', undefined, undefined])
  })

  test('lets a health check that waits for the programs take its time, and tells it theirs', () => {
    const healthcheck = { test: ['CMD', '/opt/devenv/bin/answers', 'web=http://localhost/'], start_period: '1m30s' }
    const planned = service(plan({ definition: sampleDefinition({}, { hello: { healthcheck } }) }), 'hello')
    expect(planned.healthcheck).toEqual({ ...healthcheck, timeout: '24h' })
    expect(planned.environment).toMatchObject({ DEVENV_START_SECONDS: '90', DEVENV_ASKED: 'web=http://localhost/' })
  })

  test('leaves any other health check as it is', () => {
    const healthcheck = { test: ['CMD', 'curl', 'http://localhost/'], timeout: '5s', start_period: '1m0s' }
    const planned = service(plan({ definition: sampleDefinition({}, { hello: { healthcheck } }) }), 'hello')
    expect(planned.healthcheck).toEqual(healthcheck)
    expect(planned.environment).not.toHaveProperty('DEVENV_START_SECONDS')
  })

  testEach([
    { duration: '1h2m3s', seconds: 3723 },
    { duration: '1m0s', seconds: 60 },
    { duration: '500ms', seconds: 0.5 },
    { duration: '1.5s', seconds: 1.5 },
  ])('reads the duration $duration as Compose writes it', ({ duration, seconds }) =>
    expect(secondsOf(duration)).toBeCloseTo(seconds),
  )

  test('takes as the address the port that the definition names first, not the lowest', () => {
    const definition = sampleDefinition({}, { hello: { ports: [{ target: 18000 }, { target: 8000 }] } })
    const { environment } = service(
      plan({ definition, facts: { ports: { hello: { 18000: 23000, 8000: 23001 } } } }),
      'hello',
    )
    expect(environment?.DEVENV_URL).toBe('http://localhost:23000')
  })

  test('adds nothing of the kind to third-party services', () => {
    const proxied = { caBundle: '/etc/ca.pem', proxies: { HTTP_PROXY: 'http://proxy' } }
    expect(service(plan({ settings: proxied }), 'mysql').environment).toBeUndefined()
  })

  test('keeps logs of the primary in the data directory', () => {
    expect(service(plan(), 'hello').volumes).toContainEqual(
      expect.objectContaining({ source: sampleEnvironment().paths.logs, target: '/var/log/devenv' }),
    )
  })

  test('never lets the engine make a folder of the host', () => {
    const binds = Object.values(plan({ settings: { caBundle: '/etc/ca.pem' } }).services)
      .flatMap(({ volumes }) => volumes ?? [])
      .filter(({ source }) => source?.startsWith(sampleEnvironment().paths.home) || source === '/etc/ca.pem')
    expect(binds).toHaveLength(5)
    for (const { bind } of binds) expect(bind).toEqual({ create_host_path: false })
  })

  test('has neither certificates nor proxies where none are set', () => {
    const primary = service(plan(), 'hello')
    expect(JSON.stringify(primary)).not.toContain(CA_BUNDLE)
    expect(Object.keys(primary.environment ?? {}).filter((name) => /proxy|cert|ca_/i.test(name))).toEqual([])
  })

  test('gives the primary the certificates of the host, read-only, and every tool the way to them', () => {
    const primary = service(plan({ settings: { caBundle: '/etc/ca.pem' } }), 'hello')
    expect(primary.volumes).toContainEqual(
      expect.objectContaining({ type: 'bind', source: '/etc/ca.pem', target: CA_BUNDLE, read_only: true }),
    )
    for (const name of ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT'])
      expect(primary.environment).toHaveProperty(name, CA_BUNDLE)
  })

  test('hands on proxies as they are set; what the package sets itself wins', () => {
    const definition = sampleDefinition({}, { hello: { environment: { NO_PROXY: 'mysql' } } })
    const proxies = { https_proxy: 'http://proxy:3128', NO_PROXY: 'example.com' }
    expect(service(plan({ definition, settings: { proxies } }), 'hello').environment).toMatchObject({
      https_proxy: 'http://proxy:3128',
      NO_PROXY: 'mysql',
    })
  })

  test('hands on no proxy that a container would look for in itself', () => {
    const proxies = { https_proxy: 'http://127.0.0.1:3128', HTTP_PROXY: 'http://proxy:3128', no_proxy: 'localhost' }
    const { environment } = service(plan({ settings: { proxies } }), 'hello')
    expect(environment).toMatchObject({ HTTP_PROXY: 'http://proxy:3128', no_proxy: 'localhost' })
    expect(environment).not.toHaveProperty('https_proxy')
  })

  test('replaces Open edX containers once the certificate authorities of the host are others', () => {
    const [before, after] = ['1', '2'].map((authorities) =>
      configs(plan({ settings: { caBundle: '/etc/ca.pem' }, facts: { authorities } })),
    )
    expect(after?.hello).not.toBe(before?.hello)
    expect(after?.mysql).toBe(before?.mysql)
  })

  test('keeps what can be made again when an Open edX container is replaced', () => {
    const { cache } = sampleEnvironment().paths
    const mount = service(plan(), 'hello').volumes?.find(({ source }) => source === cache)
    expect(mount).toMatchObject({ type: 'bind', target: '/var/lib/devenv/cache' })
    expect(JSON.stringify(service(plan(), 'mysql'))).not.toContain(cache)
  })

  test('keeps what was typed into shells of an Open edX container over a new one', () => {
    const { volumes, environment } = service(plan(), 'hello')
    const { history } = sampleEnvironment().paths
    const mount = volumes?.find(({ source }) => source === history)
    expect(environment).toMatchObject({ HISTFILE: `${mount?.target}/hello`, PROMPT_COMMAND: 'history -a' })
    expect(JSON.stringify(service(plan(), 'mysql'))).not.toContain(history)
  })

  test('calls this machine host.docker.internal, unless the package does', () => {
    const hostsOf = (extra_hosts?: string[]) =>
      service(plan({ definition: sampleDefinition({}, { hello: { ...(extra_hosts && { extra_hosts }) } }) }), 'hello')
        .extra_hosts
    expect(hostsOf()).toEqual(['host.docker.internal:host-gateway'])
    expect(hostsOf(['lms=10.0.0.1'])).toEqual(['lms=10.0.0.1', 'host.docker.internal:host-gateway'])
    expect(hostsOf(['host.docker.internal=10.0.0.1'])).toEqual(['host.docker.internal=10.0.0.1'])
    expect(service(plan(), 'mysql').extra_hosts).toBeUndefined()
  })

  test('mounts what git needs beside the checkout', () => {
    const mounts = [{ source: '/home/dev/main/.git', target: '/home/dev/main/.git' }]
    const project = plan({ facts: { git: { hello: { mounts, alsoAt: '/home/dev/branch' } } } })
    expect(service(project, 'hello').volumes).toContainEqual(expect.objectContaining({ type: 'bind', ...mounts[0] }))
    expect(service(project, 'hello').environment).toMatchObject({ DEVENV_ALSO_AT: '/home/dev/branch' })
    expect(service(project, 'mysql').volumes).toHaveLength(1)
    expect(service(plan(), 'hello').environment).not.toHaveProperty('DEVENV_ALSO_AT')
  })

  test('hides the stores inside the mounted checkout from the primary', () => {
    expect(service(plan(), 'hello').volumes).toContainEqual({
      type: 'tmpfs',
      target: '/edx/app/hello/.dev/devenv/stores',
      // So that it may be walked through, whatever umask the folder below it was made with.
      tmpfs: { size: '65536', mode: 0o755 },
    })
  })

  test.each(['/data', '/home/dev/hello-data'])('hides nothing when the data directory is %s', (dataRoot) => {
    const environment = sampleEnvironment(dataRoot)
    const definition = sampleDefinition({ stores: environment.paths.stores })
    const volumes = service(plan({ environment, definition }), 'hello').volumes ?? []
    expect(volumes.filter(({ type }) => type === 'tmpfs')).toEqual([])
  })

  test('keeps stores apart by server and version', () => {
    const dataOf = (image: string) => {
      const definition = sampleDefinition({}, { mysql: { image } })
      return service(plan({ definition }), 'mysql').volumes?.[0]?.source
    }
    const { stores } = sampleEnvironment().paths
    expect(dataOf('docker.io/library/mysql:8.4.9')).toBe(`${stores}/mysql-8.4/data`)
    expect(dataOf('localhost:5000/library/mysql:8.4.10')).toBe(`${stores}/mysql-8.4/data`)
    expect(dataOf('docker.io/library/mysql:8.0.46')).toBe(`${stores}/mysql-8.0/data`)
  })

  test('runs each server from its official image as that is taken, and keeps its data where it was', () => {
    const taken = `docker.io/library/mysql:8.4.9@sha256:${'9'.repeat(64)}`
    const project = plan({ facts: { official: { mysql: taken } } })
    const { image, volumes, labels } = service(project, 'mysql')
    expect(image).toBe(taken)
    expect(labels?.[LABELS.image]).toBe(taken)
    expect(volumes).toEqual(service(plan(), 'mysql').volumes)
    expect(service(project, 'memcached').image).toBe('docker.io/library/memcached:1.6.38')
    expect(service(project, 'hello').image).toBe(FACTS.image)
  })

  test('says the MTU of the way out only where it is a smaller one', () => {
    const options = (mtu: number | undefined) => JSON.stringify(plan({ facts: { mtu } }).networks)
    expect(options(1400)).toContain('"com.docker.network.driver.mtu":"1400"')
    expect(options(undefined)).not.toContain('mtu')
  })
})

describe('another Open edX service', () => {
  const SHOP: ComposeService = {
    image: 'devenv/shop-snapshot:1.2',
    working_dir: '/edx/app/shop',
    volumes: [{ type: 'bind', source: SAMPLE_CHECKOUT, target: '/edx/src/hello' }],
    ports: [{ target: 9000 }, { target: 8999, name: 'admin' }],
  }
  const definition: Definition = {
    ...sampleDefinition({}, { hello: { ports: [] }, shop: SHOP }),
    provision: [
      {
        name: 'fill',
        service: 'shop',
        run: ['fill'],
        when: { files: [], stores: [], installed: [], libraries: [], image: false, address: false },
      },
    ],
  }
  const ports = { shop: { 8999: 23001, 9000: 23000 } }
  const project = plan({
    definition,
    settings: { caBundle: '/etc/ca.pem', proxies: { HTTPS_PROXY: 'http://a' } },
    facts: { ports },
  })
  const shop = service(project, 'shop')

  test('runs the image that the definition names, held, under its own name, as the owner of the checkout', () => {
    expect(shop.image).toBe('devenv/shop-snapshot:1.2')
    expect(shop.environment).toMatchObject({
      DEVENV_CONTAINER: 'shop',
      DEVENV_HELD: '1',
      DEVENV_OWNER_OF: '/edx/src/hello',
      DEVENV_URL: 'http://localhost:23000',
      DEVENV_URL_8999: 'http://localhost:23001',
      HTTPS_PROXY: 'http://a',
      SSL_CERT_FILE: CA_BUNDLE,
    })
    expect(service(project, 'hello').environment).toMatchObject({
      DEVENV_CONTAINER: 'hello',
      DEVENV_OWNER_OF: '/edx/app/hello',
    })
    expect(service(project, 'hello').environment).not.toHaveProperty('DEVENV_URL')
  })

  test('keeps its logs where those of the primary are, and does not see the databases', () => {
    const { logs } = sampleEnvironment().paths
    expect(shop.volumes).toContainEqual(expect.objectContaining({ source: logs, target: '/var/log/devenv' }))
    expect(shop.volumes).toContainEqual(
      expect.objectContaining({ type: 'tmpfs', target: '/edx/src/hello/.dev/devenv/stores' }),
    )
  })

  test('publishes the address where the primary publishes none', () => {
    expect(addressesOf(definition)).toEqual([
      { service: 'shop', port: 9000, name: undefined },
      { service: 'shop', port: 8999, name: 'admin' },
    ])
    expect(placesOf(addressesOf(definition), ports)[0]?.url).toBe('http://localhost:23000')
  })

  test('is no third-party service', () => {
    expect(oursOf(definition)).toEqual(['hello', 'shop'])
    expect(thirdPartyOf(definition)).toEqual(['mysql', 'memcached'])
  })
})

describe('the configuration label', () => {
  const before = configs(plan())
  const changed = (after: ComposeProject) => {
    const now = configs(after)
    return Object.keys(now).filter((name) => now[name] !== before[name])
  }

  test('is there, and the same for the same configuration', () => {
    expect(changed(plan())).toEqual([])
    for (const label of Object.values(before)) expect(label).toMatch(/^[0-9a-f]{16}$/)
    expect(new Set(Object.values(before)).size).toBe(3)
  })

  testEach<{ what: string; project: ComposeProject; services: string[] }>([
    {
      what: 'a variable of one service',
      project: plan({ definition: sampleDefinition({}, { mysql: { environment: { A: '1' } } }) }),
      services: ['mysql'],
    },
    {
      what: 'the version of one server',
      project: plan({
        definition: sampleDefinition({}, { memcached: { image: 'docker.io/library/memcached:1.6.39' } }),
      }),
      services: ['memcached'],
    },
    {
      what: 'the digest of one server',
      project: plan({ facts: { official: { memcached: `memcached@sha256:${'9'.repeat(64)}` } } }),
      services: ['memcached'],
    },
    {
      what: 'the image of the primary',
      project: plan({ facts: { image: 'devenv/hello:inputs-9' } }),
      services: ['hello'],
    },
    {
      what: 'the port of the primary',
      project: plan({ facts: { ports: { hello: { 8000: 23010 } } } }),
      services: ['hello'],
    },
    {
      what: 'a published server',
      project: plan({ facts: { ports: { ...FACTS.ports, mysql: { 3306: 23001 } } } }),
      services: ['mysql'],
    },
    { what: 'the certificates', project: plan({ settings: { caBundle: '/etc/ca.pem' } }), services: ['hello'] },
    { what: 'a proxy', project: plan({ settings: { proxies: { http_proxy: 'x' } } }), services: ['hello'] },
    {
      what: 'another folder of stores',
      project: plan({ facts: { storesIdentity: '1:3' } }),
      services: ['hello', 'mysql', 'memcached'],
    },
    {
      what: 'a folder in the place of the checkout',
      project: plan({ facts: { mounted: '7:9' } }),
      services: ['hello'],
    },
    { what: 'the MTU of the network', project: plan({ facts: { mtu: 1400 } }), services: [] },
    {
      what: 'where the host keeps other settings',
      project: plan({
        settings: { publish: ['mysql'], variables: { SHELL: '/bin/zsh' }, mirror: 'mirror.example.com' },
      }),
      services: [],
    },
  ])('changes with $what for exactly the services it concerns', ({ project, services }) => {
    expect(changed(project)).toEqual(services)
  })
})

describe('a rendered project', () => {
  const text = renderProject(
    plan({ definition: sampleDefinition({}, { hello: { environment: { A: '$HOME', B: '$$', C: 'cost: 5$' } } }) }),
  )

  test('has every $ doubled, so that Compose resolves nothing again', () => {
    const { services } = JSON.parse(text)
    expect(services.hello.environment).toMatchObject({ A: '$$HOME', B: '$$$$', C: 'cost: 5$$' })
    expect(text.replaceAll('$$', '')).not.toContain('$')
  })

  test('gives back the plan when Compose has halved them', () => {
    const definition = sampleDefinition({}, { hello: { environment: { A: '$HOME', B: '$$', C: 'cost: 5$' } } })
    const read = mapStrings(JSON.parse(text), (value) => value.replaceAll('$$', '$'))
    expect(read).toEqual(plan({ definition }))
  })

  test('ends in a newline, as a text file does', () => {
    expect(text.endsWith('}\n')).toBe(true)
  })
})
