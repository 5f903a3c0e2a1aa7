import { MYSQL_IMAGE, replacing, SHOP, testRules, withShop } from '../../../test/rules.js'
import { officialImages } from './rule-1-third-party.js'

testRules([officialImages], {
  breaks: [
    {
      title: 'a server that is built here',
      edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    build: { context: . }\n`),
      breaks: { rule: 'official-images', at: 'build: { context: . }' },
    },
    {
      title: 'a server without a version',
      edit: replacing(':8.4.9', ''),
      breaks: { rule: 'official-images', at: 'image: docker.io/library/mysql' },
    },
    {
      title: 'a server at latest',
      edit: replacing(':8.4.9', ':latest'),
      breaks: { rule: 'official-images', at: 'image: docker.io/library/mysql' },
    },
    {
      title: 'a server without an image',
      edit: replacing(MYSQL_IMAGE, ''),
      breaks: { rule: 'official-images', at: '  mysql:\n' },
    },
    {
      title: 'a step in a service whose image is none of devenv',
      edit: withShop(SHOP.replace('ghcr.io/openedx/devenv/shop-snapshot', 'docker.io/library/shop')),
      breaks: { rule: 'official-images', at: '    image: docker.io/library/shop' },
    },
    {
      title: 'another service of devenv without a version',
      edit: withShop(SHOP.replace('snapshot:1.2', 'snapshot:latest')),
      breaks: { rule: 'official-images', at: '    image: ghcr.io/openedx/devenv/shop' },
    },
  ],
  keeps: [
    {
      title: 'a server by tag and digest',
      edit: replacing(':8.4.9', `:8.4.9@sha256:${'a'.repeat(64)}`),
    },
    { title: 'a server from a registry with a port', edit: replacing('docker.io/', 'localhost:5000/') },
  ],
})
