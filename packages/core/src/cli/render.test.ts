import { describe, expect, test } from 'vitest'
import { testEach } from '../../test/samples.js'
import type { Known } from '../environment/verbs/list.js'
import type { Beside } from '../environment/verbs/read-beside.js'
import type { Status } from '../environment/verbs/status.js'
import type { Finding } from '../machine/explain-machine.js'
import type { Problem } from '../problem/problem.js'
import type { Progress } from '../progress/progress.js'
import { renderAddresses } from './render-addresses.js'
import { renderFinding } from './render-findings.js'
import { progressTo, renderProgress } from './render-progress.js'
import { renderMemory, renderStatus } from './render-status.js'

describe('progress', () => {
  testEach<{ progress: Progress; lines: string[] }>([
    { progress: { kind: 'begin', step: 'image', because: 'a.txt changed' }, lines: ['• image: a.txt changed'] },
    { progress: { kind: 'begin', step: 'image', because: undefined }, lines: [] },
    { progress: { kind: 'end', step: 'mysql', seconds: 2.345 }, lines: ['✓ mysql (2.3 s)'] },
    { progress: { kind: 'line', step: 'migrations', line: 'Applying 0001' }, lines: ['  migrations: Applying 0001'] },
    {
      progress: {
        kind: 'waiting',
        step: 'mysql',
        seconds: 10.4,
        on: 'its probe ended with 1: refused',
        log: ['one', 'two'],
      },
      lines: ['… mysql is not ready yet, after 10 s: its probe ended with 1: refused', '    one', '    two'],
    },
    { progress: { kind: 'note', text: 'port 1 is taken' }, lines: ['devenv: port 1 is taken'] },
  ])('$progress.kind becomes $lines', ({ progress, lines }) => {
    expect(renderProgress(progress)).toEqual(lines)
  })

  /** A standard error that keeps what is written. */
  const stderr = (isTTY: boolean) => {
    const written: string[] = []
    const stream = { isTTY, columns: 20, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
    return { stream, written }
  }
  const LINES: Progress[] = [
    { kind: 'line', step: 'a', line: 'one' },
    { kind: 'line', step: 'a', line: 'x'.repeat(100) },
    { kind: 'end', step: 'a', seconds: 1 },
  ]

  test('is kept, line by line, where nobody watches', () => {
    const { stream, written } = stderr(false)
    for (const progress of LINES) progressTo(stream)(progress)
    expect(written).toEqual(['  a: one\n', `  a: ${'x'.repeat(100)}\n`, '✓ a (1.0 s)\n'])
  })

  test('of a terminal takes one line, which is cleared before what stays', () => {
    const { stream, written } = stderr(true)
    const term = process.env.TERM
    process.env.TERM = 'xterm'
    try {
      const report = progressTo(stream)
      for (const progress of LINES) report(progress)
    } finally {
      if (term === undefined) delete process.env.TERM
      else process.env.TERM = term
    }
    const text = written.join('')
    expect(text.match(/\n/g)).toHaveLength(1)
    expect(text.endsWith('\r\u001b[K✓ a (1.0 s)\n')).toBe(true)
    for (const part of text.split('\r\u001b[K')) expect(part.length).toBeLessThanOrEqual(20)
  })
})

const STATUS: Status = {
  service: 'hello',
  package: '@devenv/hello@1.2.3',
  checkout: '/home/dev/hello',
  project: 'devenv-hello-0',
  dataDirectory: '/home/dev/hello/.dev',
  state: 'running',
  urls: ['http://localhost:23000'],
  addresses: [{ name: '8000', url: 'http://localhost:23000' }],
  movedFrom: undefined,
  beside: [],
  installedIn: [],
  libraries: [],
  folders: 'as they are',
  stale: undefined,
  failedStep: undefined,
  memoryBytes: 1.25 * 1024 ** 3,
  containers: [
    {
      service: 'hello',
      name: 'devenv-hello-0-hello-1',
      state: 'running',
      health: 'healthy',
      network: 'connected',
      image: 'devenv/hello:inputs-0',
      standIn: undefined,
      addresses: ['localhost:23000'],
      memoryBytes: 412 * 1024 ** 2,
      programs: [
        { name: 'web', state: 'RUNNING', memoryBytes: 4.25 * 1024 ** 2 },
        { name: 'worker', state: 'FATAL', memoryBytes: undefined },
      ],
    },
    {
      service: 'mysql',
      name: 'devenv-hello-0-mysql-1',
      state: 'exited',
      health: 'none',
      network: 'connected',
      image: 'localhost:5000/library/mysql:8.4.9',
      standIn: 'mariadb 10.11.11',
      addresses: [],
      memoryBytes: undefined,
      programs: undefined,
    },
  ],
}

test.each([
  [0, '0.0 MiB'],
  [1024 ** 2 * 9.94, '9.9 MiB'],
  [1024 ** 2 * 512, '512 MiB'],
  [1024 ** 3, '1.0 GiB'],
  [1024 ** 3 * 2.55, '2.5 GiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(renderMemory(bytes)).toBe(text)
})

describe('a status', () => {
  const text = renderStatus(STATUS).join('\n')

  test('status says where a checkout was moved from, while the containers of then run', () => {
    expect(renderStatus({ ...STATUS, movedFrom: '/home/dev/before' })).toContain(
      '  moved     from /home/dev/before, whose containers still run on these data. `devenv start` replaces them, `devenv stop` stops them',
    )
    expect(renderStatus(STATUS).join()).not.toContain('moved')
  })

  test('begins with the state and the address', () => {
    expect(renderStatus(STATUS)[0]).toBe('hello: running, http://localhost:23000')
    expect(renderStatus({ ...STATUS, state: 'stopped', addresses: [] })[0]).toBe('hello: stopped')
  })

  test('names each address where there are several', () => {
    const addresses = [
      { name: 'shop', url: 'http://localhost:23000' },
      { name: 'warehouse', url: 'http://localhost:23001' },
    ]
    expect(renderStatus({ ...STATUS, addresses }).slice(0, 3)).toEqual([
      'hello: running',
      '  shop       http://localhost:23000',
      '  warehouse  http://localhost:23001',
    ])
  })

  test('names a library that is gone, or that is not installed as it is', () => {
    const detail = "setup.py:2: SyntaxError: '(' was never closed"
    const broken = { code: 'library-broken', name: 'poll', checkout: '/poll', service: 'hello', detail } as const
    const lines = renderStatus({
      ...STATUS,
      folders: 'old',
      libraries: [
        { name: 'ciao', checkout: '/ciao', presence: 'gone', problems: [] },
        { name: 'poll', checkout: '/poll', presence: 'there', problems: [broken] },
      ],
    })
    expect(lines).toContain('  library   ciao  /ciao  (gone)')
    expect(lines.join('\n')).toMatch(/^ {2}library {3}poll {2}\/poll\n {6}library-broken\n/m)
    expect(lines).toContain(`        why  ${detail}`)
    expect(lines.join('\n')).toMatch(/^ {2}the container still has the old folder: .* `devenv start`/m)
    expect(text).not.toContain('old folder')
  })

  test('names the services that have it installed, where it is a library', () => {
    const hello: Known = {
      service: 'hello',
      checkout: '/hello',
      project: 'devenv-hello-0',
      state: 'running',
      urls: ['http://localhost:1'],
      beside: [],
      libraries: [],
      presence: 'there',
    }
    expect(renderStatus({ ...STATUS, installedIn: [hello] })).toContain(
      '  installed in hello  http://localhost:1  /hello',
    )
  })

  test('names a service beside it whose checkout is gone', () => {
    const lms: Beside = {
      service: 'lms',
      checkout: '/lms',
      url: 'http://localhost:1',
      state: 'running',
      presence: 'gone',
    }
    expect(renderStatus({ ...STATUS, beside: [lms] })).toContain(
      '  beside it: lms      http://localhost:1  /lms  (gone)',
    )
  })

  test('names what a person has to know', () => {
    for (const part of ['/home/dev/hello', '@devenv/hello@1.2.3', 'devenv-hello-0', '/home/dev/hello/.dev'])
      expect(text).toContain(part)
  })

  test('shows each container with its image, and each program with its state', () => {
    expect(text).toMatch(/^ {2}hello +running \(healthy\) {2}412 MiB {2}devenv\/hello:inputs-0 {2}localhost:23000$/m)
    expect(text).toMatch(/^ {2}mysql +exited {2}localhost:5000\/library\/mysql:8\.4\.9$/m)
    expect(text).toMatch(/^ +web +running +4\.\d MiB$/m)
    expect(text).toMatch(/^ +worker +fatal$/m)
  })

  test.each([
    { state: 'LEFT_OUT', shown: 'left out', command: 'devenv start --programs all' },
    { state: 'HELD', shown: 'held', command: 'start once the data are ready: devenv start' },
  ])('says which programs are $shown, and how they start', ({ state, shown, command }) => {
    const [web] = STATUS.containers
    if (web === undefined) throw new Error('no container')
    const idle = { ...web, programs: [...(web.programs ?? []), { name: 'beat', state, memoryBytes: undefined }] }
    const lines = renderStatus({ ...STATUS, containers: [idle] }).join('\n')
    expect(lines).toMatch(new RegExp(`^ +beat +${shown}$`, 'm'))
    expect(lines).toContain(command)
    expect(text).not.toContain(command)
  })

  test('says which program waits for its code to be mended, and where that is wrong', () => {
    const [web] = STATUS.containers
    if (web === undefined) throw new Error('no container')
    const fault = 'hello/web.py:3: SyntaxError: invalid syntax'
    const programs = [
      { name: 'web', state: 'WAITING', memoryBytes: undefined, fault },
      { name: 'worker', state: 'WAITING', memoryBytes: undefined },
    ]
    const lines = renderStatus({ ...STATUS, state: 'waiting', containers: [{ ...web, programs }] })
    expect(lines[0]).toBe('hello: waiting, http://localhost:23000')
    expect(lines.join('\n')).toMatch(/^ {2}hello +running \(web, worker: waiting\)/m)
    expect(lines).toContain(`        ${fault}; it starts again when you save a file`)
    expect(lines).toContain('        its log shows the reason; it starts again soon, or when you save a file')
  })

  test('says of a container that somebody disconnected it from its network', () => {
    const containers = STATUS.containers.map((container) => ({ ...container, network: 'disconnected' as const }))
    expect(renderStatus({ ...STATUS, containers }).join('\n')).toMatch(
      /running \(healthy\), disconnected from its network /,
    )
    expect(text).not.toContain('disconnected')
  })

  test('tells what all containers hold in memory, where one runs', () => {
    expect(text).toMatch(/^ {2}memory +1\.3 GiB in all$/m)
    expect(renderStatus({ ...STATUS, memoryBytes: 0 }).join('\n')).not.toContain('memory')
  })

  test('never shows a stand-in without saying what it is', () => {
    expect(text).toMatch(/stand-in.*mariadb 10\.11\.11/)
  })

  test('says that the image is out of date, and what brings it in, only when it is', () => {
    expect(text).not.toContain('out of date')
    const stale = renderStatus({ ...STATUS, stale: 'requirements.txt changed' }).join('\n')
    expect(stale).toMatch(/out of date: requirements\.txt changed.*devenv watch/)
  })

  test('names the provisioning step that failed, and what carries it out again, only when one did', () => {
    expect(text).not.toContain('provisioning')
    const failed = renderStatus({ ...STATUS, failedStep: 'migrations' }).join('\n')
    expect(failed).toMatch(
      /^ {2}provisioning failed: migrations\. The next start carries it out again; .*logs provision/m,
    )
  })

  test('has no blanks at the ends of its lines', () => {
    for (const line of renderStatus(STATUS)) expect(line).toBe(line.trimEnd())
  })
})

describe('the addresses of an environment', () => {
  test('are its own first, then who can sign in, then published servers', () => {
    expect(
      renderAddresses('hello', {
        settings: { programs: 'all' },
        addresses: [{ service: 'hello', port: 8000, name: undefined }],
        ports: { hello: { 8000: 23000 }, mysql: { 3306: 23001 } },
        accounts: [
          { what: 'admin', user: 'a', password: 'b', path: '/admin/' },
          { what: 'learner', user: 'c', password: 'd' },
        ],
      }),
    ).toEqual([
      'hello answers at http://localhost:23000',
      '  admin: a / b  http://localhost:23000/admin/',
      '  learner: c / d',
      '  mysql: localhost:23001',
    ])
  })

  test('are named, in the order of the definition, where there are several; an account says to which it belongs', () => {
    const addresses = [
      { service: 'hello', port: 18000, name: 'shop' },
      { service: 'hello', port: 8001, name: 'warehouse' },
      { service: 'hello', port: 8002, name: undefined },
    ]
    const accounts = [
      { what: 'admin', user: 'a', password: 'b', path: '/admin/' },
      { what: 'keeper', user: 'c', password: 'd', path: '/', port: 8001 },
    ]
    const ports = { hello: { 8001: 23001, 8002: 23002, 18000: 23000 }, mysql: { 3306: 23003 } }
    expect(renderAddresses('hello', { settings: { programs: 'all' }, addresses, ports, accounts })).toEqual([
      'hello answers at',
      '  shop       http://localhost:23000',
      '  warehouse  http://localhost:23001',
      '  8002       http://localhost:23002',
      '  admin: a / b  http://localhost:23000/admin/',
      '  keeper: c / d  http://localhost:23001/',
      '  mysql: localhost:23003',
    ])
  })

  test('come with the programs that run, where not all do', () => {
    const lines = renderAddresses('hello', {
      settings: { programs: ['beat', 'web'] },
      addresses: [{ service: 'hello', port: 8000, name: undefined }],
      ports: { hello: { 8000: 23000 } },
      accounts: [],
    })
    expect(lines[1]).toMatch(/only beat,web; .*--programs all/)
  })

  testEach([
    {
      programs: ['cms'],
      lines: ['hello answers at http://localhost:23001', '  author: c / d  http://localhost:23001/'],
    },
    {
      programs: ['cms-worker', 'lms'],
      lines: ['hello answers at http://localhost:23000', '  admin: a / b  http://localhost:23000/admin/'],
    },
    { programs: ['cms-worker'], lines: ['hello runs'] },
  ])('are those of the programs that run, with who can sign in there: $programs', ({ programs, lines }) => {
    const shown = renderAddresses('hello', {
      settings: { programs },
      addresses: [
        { service: 'hello', port: 18000, name: 'lms', program: 'lms' },
        { service: 'hello', port: 18010, name: 'studio', program: 'cms' },
      ],
      ports: { hello: { 18000: 23000, 18010: 23001 } },
      accounts: [
        { what: 'admin', user: 'a', password: 'b', path: '/admin/' },
        { what: 'author', user: 'c', password: 'd', path: '/', port: 18010 },
      ],
    })
    expect(shown.slice(0, -1)).toEqual(lines)
    expect(shown.at(-1)).toContain(`running only ${programs}`)
  })
})

describe('a finding', () => {
  const advice: Problem = { code: 'clocks-apart', seconds: 30 }
  testEach<{ finding: Finding; begins: RegExp }>([
    { finding: { looked: 'git', found: '2.40' }, begins: /^✓ git: 2\.40$/ },
    { finding: { looked: 'clock', found: '30 s', advice }, begins: /^! clock: 30 s\nclocks-apart\n {2}what / },
    { finding: { looked: 'clock', found: '30 s', problem: advice }, begins: /^✗ clock: 30 s\nclocks-apart\n/ },
  ])('$finding begins with its sign', ({ finding, begins }) => {
    expect(renderFinding(finding)).toMatch(begins)
  })
})
