import { FILES, replacing, testRules, writing } from '../../../test/rules.js'
import { portsAreUsed, programsHaveFiles, serversAreAwaited, targetsAreDeclared } from './package-services.js'

const DEPENDS = '    depends_on: { mysql: { condition: service_healthy } }\n'
const unused = (compose: string) =>
  replacing(
    '    test: { needs: [mysql], about: run all, because: there is none }',
    '    test: { about: run all, because: there is none }',
  )(replacing('when: { stores: [mysql] }', 'when: { image: true }')(compose))
const variable = (value: string) => (compose: string) =>
  unused(replacing(DEPENDS, `    environment: { HOST: "${value}" }\n`)(compose))
const asking = replacing('[CMD, "true"]', '[CMD, /opt/devenv/bin/answers, "web=http://localhost:8000/"]')
const running = (command: string) => writing('image/supervisor/web.conf', `[program:web]\ncommand=${command}\n`)
const settings = (line: string) => writing('image/settings.py', `A = 1\n${line}\n`)
const targets = (text: string) => writing('image/targets.mk', `${FILES['image/targets.mk']}${text}`)

testRules([programsHaveFiles, portsAreUsed, serversAreAwaited, targetsAreDeclared], {
  breaks: [
    {
      title: 'a program in a file of another name',
      change: writing('image/supervisor/worker.conf', '[program:wroker]\ncommand=x\n'),
      breaks: { rule: 'programs-have-files', file: 'image/supervisor/worker.conf', at: 1 },
    },
    {
      title: 'a port that nothing names',
      edit: replacing('ports: [{ target: 8000 }]', 'ports: [{ target: 8000 }, { target: 80 }]'),
      breaks: { rule: 'ports-are-used', at: '    ports:' },
    },
    ...['django-server 8001', 'django-server --watch lms 18000 lms', 'reload --watch . --listen 0.0.0.0:80 -- x'].map(
      (command) => ({
        title: `a port at which a program does not listen, ${command}`,
        change: running(command),
        edit: asking,
        breaks: { rule: 'ports-are-used', file: 'image/supervisor/web.conf', at: 1 },
      }),
    ),
    ...["URL = 'redis://mysql:1/0'", 'HOSTS = ["mysql:3306"]'].map((line) => ({
      title: `settings that name a server without a dependency, ${line}`,
      change: settings(line),
      edit: (compose: string) => unused(replacing(DEPENDS, '')(compose)),
      breaks: { rule: 'servers-are-awaited', at: '  hello:\n' },
    })),
    ...['mysql', 'mysql:3306', 'mysql://user:x@mysql/hello', 'redis://mysql:1/0'].map((value) => ({
      title: `a variable that names a server without a dependency, ${value}`,
      edit: variable(value),
      breaks: { rule: 'servers-are-awaited', at: '  hello:\n' },
    })),
    {
      title: 'a step that fills a server without a dependency',
      edit: replacing(DEPENDS, ''),
      breaks: { rule: 'servers-are-awaited', at: '  hello:\n' },
    },
    {
      title: 'a target that needs a server without a dependency',
      edit: (compose) =>
        replacing('when: { stores: [mysql] }', 'when: { image: true }')(replacing(DEPENDS, '')(compose)),
      breaks: { rule: 'servers-are-awaited', at: '  hello:\n' },
    },
    {
      title: 'a target that is not declared',
      change: targets('.PHONY: lint\nlint:\n\truff\n'),
      breaks: { rule: 'targets-are-declared', file: 'image/targets.mk', at: 5 },
    },
  ],
  keeps: [
    { title: 'a port that only the health check asks', change: running('x'), edit: asking },
    ...[
      'django-server 8000',
      '/opt/devenv/bin/reload --listen :8000 -- x --listen a:1',
      'reload -- x --listen a:1',
      'bus --listen a:1 x',
    ].map((command) => ({ title: `the command ${command}`, change: running(command), edit: asking })),
    ...["ENGINE = 'mysql'", "# 'mysql:3306'", "URL = 'mysql2:3306'", "URL = 'no-mysql:3306'"].map((line) => ({
      title: `settings that only look like a server, ${line}`,
      change: settings(line),
      edit: (compose: string) => unused(replacing(DEPENDS, '')(compose)),
    })),
    { title: 'variables that only look like a server', edit: variable('/etc/mysql mysql2 https://a/mysql') },
    {
      title: 'a server that another depends on',
      edit: (compose) =>
        replacing(DEPENDS, '    depends_on: { proxy: { condition: service_healthy } }\n')(compose) +
        '  proxy: { image: proxy, depends_on: { mysql: { condition: service_healthy } } }\n',
    },
    {
      title: 'targets that others use',
      change: targets('all: part\npart:\n\t@make other\nother: $(X)/a\n$(X)/a x/y %.o:\n\ty\n'),
      edit: replacing('run: [migrate]', 'run: [make, -f, x, all]'),
    },
  ],
})
