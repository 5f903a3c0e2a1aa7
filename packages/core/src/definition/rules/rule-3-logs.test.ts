import { FILES, MYSQL_IMAGE, replacing, testRules, writing } from '../../../test/rules.js'
import { logsToStdout } from './rule-3-logs.js'

testRules([logsToStdout], {
  breaks: [
    {
      title: 'a program with a log file of its own',
      change: writing(
        'image/supervisor/web.conf',
        `${FILES['image/supervisor/web.conf']}stdout_logfile=/tmp/web.log\n`,
      ),
      breaks: { rule: 'logs-to-stdout', file: 'image/supervisor/web.conf', at: 2 },
    },
    {
      title: 'a log driver',
      edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    logging: { driver: none }\n`),
      breaks: { rule: 'logs-to-stdout', at: 'logging: { driver: none }' },
    },
  ],
  keeps: [
    {
      title: 'several programs in one file',
      change: writing('image/supervisor/web.conf', '[program:a]\ncommand = x\n[program:b]\ncommand=y\n'),
    },
    {
      title: 'sections beside the programs',
      change: writing(
        'image/supervisor/web.conf',
        `${FILES['image/supervisor/web.conf']}[group:all]\nprograms=web\n[eventlistener:x]\ncommand=/opt/x\n`,
      ),
    },
  ],
})
