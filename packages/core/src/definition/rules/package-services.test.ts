import { FILES, replacing, testRules, writing } from '../../../test/rules.js'
import { portsAreUsed, programsHaveFiles, serversAreAwaited, targetsAreDeclared } from './package-services.js'

const DEPENDS = '    depends_on: { mysql: { condition: service_healthy } }\n'
const unused = (compose: string) =>
  replacing(
    '    test: { needs: [mysql], because: there is none }',
    '    test: { because: there is none }',
  )(replacing('when: { stores: [mysql] }', 'when: { image: true }')(compose))
const variable = (value: string) => (compose: string) =>
  unused(replacing(DEPENDS, `    environment: { HOST: "${value}" }\n`)(compose))
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
    {
      title: 'a port that only the health check asks',
      change: writing('image/supervisor/web.conf', '[program:web]\ncommand=x\n'),
      edit: replacing('[CMD, "true"]', '[CMD, /opt/devenv/bin/answers, "web=http://localhost:8000/"]'),
    },
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
