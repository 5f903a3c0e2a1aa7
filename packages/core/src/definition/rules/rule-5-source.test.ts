import { MOUNT, RECOGNISED, replacing, SHOP, testRules, withShop, writing } from '../../../test/rules.js'
import { checkoutIsMounted, variantsAreThere } from './rule-5-source.js'

testRules([checkoutIsMounted, variantsAreThere], {
  breaks: [
    {
      title: 'a checkout that is mounted elsewhere',
      edit: replacing(MOUNT, '{ type: bind, source: /home/dev/hello, target: /src }'),
      breaks: {
        rule: 'checkout-is-mounted',
        at: '    volumes:\n      - { type: bind, source: /home/dev/hello, target: /src',
      },
    },
    {
      title: 'a checkout that cannot be written',
      edit: replacing(MOUNT, MOUNT.replace(' }', ', read_only: true }')),
      breaks: {
        rule: 'checkout-is-mounted',
        at: '    volumes:\n      - { type: bind, source: /home/dev/hello, target: /edx',
      },
    },
    {
      title: 'no code directory',
      edit: replacing('    working_dir: /edx/app/hello\n', ''),
      breaks: {
        rule: 'checkout-is-mounted',
        at: '    volumes:\n      - { type: bind, source: /home/dev/hello, target: /edx',
      },
    },
    {
      title: 'a variant without a Compose file of its own',
      edit: replacing(RECOGNISED, `${RECOGNISED}  variants:\n    pip: { recognised-by: [requirements] }\n`),
      breaks: { rule: 'variants-are-there', at: '    pip: {' },
    },
    {
      title: 'a second variant without a Compose file, the first having one',
      change: writing('compose.uv.yaml', 'services: {}\n'),
      edit: replacing(
        RECOGNISED,
        `${RECOGNISED}  variants:\n    uv: { recognised-by: [uv.lock] }\n    pip: { recognised-by: [requirements] }\n`,
      ),
      breaks: { rule: 'variants-are-there', at: '    pip: {' },
    },
    {
      title: 'another service of devenv that does not see the checkout',
      edit: withShop(SHOP.replace('source: /home/dev/hello', 'read_only: true, source: /etc')),
      breaks: { rule: 'checkout-is-mounted', at: '    volumes: [{ type: bind, read_only' },
    },
  ],
  keeps: [
    {
      title: 'a variant with a Compose file of its own',
      change: writing('compose.pip.yaml', 'services: {}\n'),
      edit: replacing(RECOGNISED, `${RECOGNISED}  variants:\n    pip: { recognised-by: [requirements] }\n`),
    },
    { title: 'another service of devenv, with the checkout and steps of its own', edit: withShop(SHOP) },
  ],
})
