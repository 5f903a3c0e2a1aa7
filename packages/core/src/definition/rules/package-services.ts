import { existsSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { globSync } from 'tinyglobby'
import { readDeclaredPrograms } from '../declared-programs.js'
import { type Definition, imageFolderOf, isSupplied, oursOf, primaryOf, thirdPartyOf } from '../definition.js'
import { asksPrograms, isSelf, parseHealthCheck } from '../health-check.js'
import type { Rule } from './rule.js'
import { parseRules } from './rule-8-tests.js'

export const programsHaveFiles: Rule = {
  name: 'programs-have-files',
  clause: 'docs/add-a-service.md, Programs',
  why: 'A choice of programs goes by the names of the files, and a health check by those of the programs.',
  check: ({ definition }) =>
    readDeclaredPrograms(definition)
      .filter(({ name, file }) => basename(file, '.conf') !== name)
      .map(({ name, file, line }) => ({
        place: { file, line },
        what: `${basename(file)} declares the program ${name}.`,
        fix: `Declare it in ${name}.conf, or call it ${basename(file, '.conf')}.`,
      })),
}

export const portsAreUsed: Rule = {
  name: 'ports-are-used',
  clause: 'docs/add-a-service.md, Programs',
  why: 'devenv prints the address of each port, so something has to answer there.',
  check: ({ definition, source }) => {
    const { ports = [], healthcheck = {}, environment = {} } = primaryOf(definition)
    const { questions, unreadable } = parseHealthCheck(healthcheck)
    const asked = questions.map(({ url }) => Number(url.port))
    const asksNothing = asksPrograms(healthcheck) && questions.length + unreadable.length === 0
    const programs = readDeclaredPrograms(definition)
    const words = [
      ...programs.map(({ command }) => command),
      ...Object.values(environment),
      ...(healthcheck.test ?? []),
    ].join(' ')
    const elsewhere = questions.flatMap(({ program, url, port }) => {
      const { file, line, command = '' } = programs.find(({ name }) => name === program) ?? {}
      const bound = boundBy(command)
      if (file === undefined || bound === undefined || !isSelf(url) || bound === port) return []
      return [
        {
          place: { file, line },
          what: `The health check of ${definition.primary} asks ${program} at port ${port}, but ${program} listens at ${bound}.`,
          fix: `Write one of them in both places, and under \`ports:\`: ${command.replace(`${bound}`, `${port}`)}`,
        },
      ]
    })
    const unused = ports.flatMap(({ target }, index) =>
      asked.includes(target) || (!asksNothing && new RegExp(`\\b${target}\\b`).test(words))
        ? []
        : [
            {
              place: source.placeOf(['services', definition.primary, 'ports', index]),
              what: asksNothing
                ? `The health check of ${definition.primary} asks no program, so nothing tells whether port ${target} answers.`
                : `No health check and no program of ${definition.primary} names the port ${target}.`,
              fix: `Let the health check ask it: "web=http://localhost:${target}/", or remove the port.`,
            },
          ],
    )
    return [...elsewhere, ...unused]
  },
}

/** The port at which a program of devenv's own launchers listens; `undefined`: its words do not tell. Pure. */
const boundBy = (command: string): number | undefined => {
  const [, listening, django] =
    /(?:^|\/)(?:reload\b(?:(?! -- ).)* --listen \S*:(\d+)(?= )|django-server(?: --(?:watch|suffix) \S+)* (\d+)\b)/.exec(
      command,
    ) ?? []
  const port = listening ?? django
  return port === undefined ? undefined : Number(port)
}

export const serversAreAwaited: Rule = {
  name: 'servers-are-awaited',
  clause: 'docs/add-a-service.md, compose.yaml',
  why: 'devenv starts a program once the servers answer that its container depends on.',
  check: ({ definition, source }) => {
    const texts = readTexts(definition)
    return oursOf(definition).flatMap((name) => {
      const { environment = {} } = definition.project.services[name] ?? {}
      const awaited = reachedFrom(definition, name)
      return thirdPartyOf(definition)
        .filter((server) => !awaited.has(server))
        .flatMap((server) => {
          const [variable] = Object.entries(environment).find(([, value]) => namesHost(value ?? '', server)) ?? []
          const steps = definition.provision.filter(({ service }) => service === name)
          const step = steps.find(({ needs, when }) => [...(needs ?? []), ...when.stores].includes(server))
          const target =
            name === definition.primary
              ? Object.entries(definition.targets).find(([, { needs }]) => needs?.includes(server))?.[0]
              : undefined
          const file = name === definition.primary ? texts.find(({ text }) => speaksTo(text, server))?.path : undefined
          const user =
            variable !== undefined
              ? `${variable} of ${name}`
              : step !== undefined
                ? `The step ${step.name}`
                : target !== undefined
                  ? `The target ${target}`
                  : file === undefined
                    ? undefined
                    : `${file} of ${name}`
          if (user === undefined) return []
          return [
            {
              place: source.placeOf(['services', name, 'depends_on']),
              what: `${user} uses ${server}, but ${name} does not depend on it.`,
              fix: `depends_on: { ${server}: { condition: service_healthy } }`,
            },
          ]
        })
    })
  },
}

/** The settings and programs of the package, as text: what the image brings besides the checkout. */
const readTexts = (definition: Definition): { path: string; text: string }[] => {
  const { directory } = definition.package
  return globSync('**/*.{py,rb,js,mjs,cjs,json,yaml,yml,toml,ini,conf,cfg}', {
    cwd: imageFolderOf(definition),
    absolute: true,
  })
    .sort()
    .map((file) => ({ path: relative(directory, file), text: readFileSync(file, 'utf8') }))
}

/** Whether a text names a server with its port, outside comments: `'redis://redis:6379/'`, `"memcached:11211"`. Pure. */
const speaksTo = (text: string, host: string): boolean =>
  text
    .split('\n')
    .some(
      (line) => !/^\s*(#|;|\/\/)/.test(line) && new RegExp(`["'/@,=]${host.replace(/\W/g, '\\$&')}:\\d+`).test(line),
    )

/** The services that one depends on, by way of others too. Pure. */
function reachedFrom({ project }: Definition, name: string): Set<string> {
  const reached = new Set<string>()
  const follow = (from: string): void => {
    for (const next of Object.keys(project.services[from]?.depends_on ?? {})) {
      if (reached.has(next)) continue
      reached.add(next)
      follow(next)
    }
  }
  follow(name)
  return reached
}

/** `mysql`, `mysql:3306`, `redis://redis:6379/0`, `mongodb://a:b@mongo,mongo2/c`. Pure. */
const namesHost = (value: string, host: string): boolean =>
  new RegExp(`(^|//|@|,)${host.replace(/\W/g, '\\$&')}(:\\d+)?($|[/,?])`).test(value)

export const targetsAreDeclared: Rule = {
  name: 'targets-are-declared',
  clause: 'docs/add-a-service.md, Targets',
  why: '`make dev.<target>` takes only a declared target from the package; for others it asks the checkout.',
  check: ({ definition }) => {
    const file = join(imageFolderOf(definition), 'targets.mk')
    const rules = parseRules(existsSync(file) ? readFileSync(file, 'utf8') : '')
    const words = [...rules.map(({ uses }) => uses), ...definition.provision.flatMap(({ run }) => run)]
      .join(' ')
      .split(/[\s;]+/)
    return rules
      .flatMap(({ targets, line }) => targets.map((target) => ({ target, line })))
      .filter(
        ({ target }) =>
          !/^\.|[%$(/]/.test(target) && !isSupplied(definition.targets[target]) && !words.includes(target),
      )
      .map(({ target, line }) => ({
        place: { file, line },
        what: `x-devenv.targets does not say why the package has ${target}, and nothing in the package uses it.`,
        fix: `targets: { ${target}: { about: WHAT IT DOES, because: the checkout has no such target } }   in compose.yaml`,
      }))
  },
}
