import { MYSQL_IMAGE, replacing, testRules } from '../../../test/rules.js'
import { loopbackOnly } from './rule-9-development.js'

testRules([loopbackOnly], {
  breaks: [
    {
      title: 'a port that is open to the network',
      edit: replacing('{ target: 8000 }', '{ target: 8000, host_ip: 0.0.0.0, published: "8000" }'),
      breaks: { rule: 'loopback-only', at: 'ports: [' },
    },
    {
      title: 'a port that is open to the network of version 6',
      edit: replacing('{ target: 8000 }', '{ target: 8000, host_ip: "::" }'),
      breaks: { rule: 'loopback-only', at: 'ports: [' },
    },
    {
      title: 'the network of this machine',
      edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    network_mode: host\n`),
      breaks: { rule: 'loopback-only', at: 'network_mode: host' },
    },
  ],
  keeps: [
    { title: 'a port on loopback', edit: replacing('{ target: 8000 }', '{ target: 8000, host_ip: 127.0.0.1 }') },
    { title: 'no ports', edit: replacing('    ports: [{ target: 8000 }]\n', '') },
  ],
})
