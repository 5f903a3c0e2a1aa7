import { FILES, IMAGE, removing, replacing, SHOP, testRules, withShop, writing } from '../../../test/rules.js'
import { runsUnderSupervisor } from './rule-2-supervisor.js'

testRules([runsUnderSupervisor], {
  breaks: [
    {
      title: 'a command that replaces supervisord',
      edit: replacing(IMAGE, `${IMAGE}    command: [gunicorn]\n`),
      breaks: { rule: 'runs-under-supervisor', at: 'command: [gunicorn]' },
    },
    {
      title: 'an entrypoint that replaces supervisord',
      edit: replacing(IMAGE, `${IMAGE}    entrypoint: [sh]\n`),
      breaks: { rule: 'runs-under-supervisor', at: 'entrypoint: [sh]' },
    },
    {
      title: 'no Dockerfile',
      change: removing('Dockerfile'),
      breaks: { rule: 'runs-under-supervisor', file: 'Dockerfile' },
    },
    {
      title: 'an image with another entrypoint',
      change: writing('Dockerfile', 'FROM debian:12\nENTRYPOINT ["gunicorn"]\n'),
      breaks: { rule: 'runs-under-supervisor', file: 'Dockerfile' },
    },
    {
      title: 'an image whose entrypoint another replaces',
      change: writing('Dockerfile', `${FILES.Dockerfile}ENTRYPOINT ["gunicorn"]\n`),
      breaks: { rule: 'runs-under-supervisor', file: 'Dockerfile' },
    },
    {
      title: 'an image whose entrypoint is a comment',
      change: writing('Dockerfile', 'FROM debian:12\n# ENTRYPOINT ["/opt/devenv/bin/entrypoint"]\n'),
      breaks: { rule: 'runs-under-supervisor', file: 'Dockerfile' },
    },
    {
      title: 'no program',
      change: removing('image/supervisor'),
      breaks: { rule: 'runs-under-supervisor', file: 'image/supervisor' },
    },
    {
      title: 'another service of devenv with a command of its own',
      edit: withShop(`${SHOP}    command: [sh]\n`),
      breaks: { rule: 'runs-under-supervisor', at: '    command: [sh]' },
    },
  ],
  keeps: [
    {
      title: 'our entrypoint, written with blanks',
      change: writing('Dockerfile', 'FROM debian:12\nentrypoint [ "/opt/devenv/bin/entrypoint" ]\n'),
    },
    {
      title: 'no program where its checkouts are libraries, which services run',
      change: removing('image/supervisor'),
      edit: replacing('x-devenv:\n', 'x-devenv:\n  library: python\n'),
    },
    {
      title: 'no program of its own where another service of devenv brings some',
      change: removing('image/supervisor/web.conf'),
      edit: (compose) => withShop(SHOP)(replacing('    ports: [{ target: 8000 }]\n', '')(compose)),
    },
  ],
})
