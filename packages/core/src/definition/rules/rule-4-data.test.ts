import { replacing, STORE, testRules } from '../../../test/rules.js'
import { dataStaysInDataDirectory, stepsNameServices } from './rule-4-data.js'

testRules([dataStaysInDataDirectory, stepsNameServices], {
  breaks: [
    {
      title: 'data in a named volume',
      edit: replacing(STORE, '{ type: volume, source: data, target: /var/lib/mysql }'),
      breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: volume' },
    },
    {
      title: 'data in an anonymous volume',
      edit: replacing(STORE, '{ type: volume, target: /var/lib/mysql }'),
      breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: volume' },
    },
    {
      title: 'data in another folder of this machine',
      edit: replacing(STORE, '{ type: bind, source: /var/lib/mysql, target: /var/lib/mysql }'),
      breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: bind, source: /var' },
    },
    {
      title: 'data in a folder whose name begins like the checkout’s',
      edit: replacing(STORE, '{ type: bind, source: /home/dev/hello-data, target: /var/lib/mysql }'),
      breaks: {
        rule: 'data-stays-in-data-directory',
        at: '    volumes:\n      - { type: bind, source: /home/dev/hello-data',
      },
    },
    {
      title: 'a server whose data would go with its container',
      edit: replacing(STORE, '{ type: bind, source: /etc/my.cnf, target: /etc/my.cnf, read_only: true }'),
      breaks: { rule: 'data-stays-in-data-directory', at: '    volumes:\n      - { type: bind, source: /etc' },
    },
    {
      title: 'a step that fills an unknown store',
      edit: replacing('stores: [mysql]', 'stores: [mongo]'),
      breaks: { rule: 'steps-name-services', at: 'name: migrations' },
    },
    {
      title: 'a step that fills the primary service',
      edit: replacing('stores: [mysql]', 'stores: [hello]'),
      breaks: { rule: 'steps-name-services', at: 'name: migrations' },
    },
    {
      title: 'a step in a service that there is not',
      edit: replacing('      run: [migrate]', '      service: shop\n      run: [migrate]'),
      breaks: { rule: 'steps-name-services', at: '    - name: migrations' },
    },
  ],
  keeps: [
    {
      title: 'what a server reads only',
      edit: replacing(
        STORE,
        `${STORE}\n      - { type: bind, source: /etc/my.cnf, target: /etc/my.cnf, read_only: true }`,
      ),
    },
    {
      title: 'a server that keeps its data in memory',
      edit: replacing(STORE, '{ type: tmpfs, target: /var/lib/mysql }'),
    },
  ],
})
