import { IMAGE, replacing, SHOP, testRules, withShop } from '../../../test/rules.js'
import { ownerIsMapped } from './dev-shell.js'

testRules([ownerIsMapped], {
  breaks: [
    {
      title: 'a user that cannot be mapped',
      edit: replacing(IMAGE, `${IMAGE}    user: "1000"\n`),
      breaks: { rule: 'owner-is-mapped', at: 'user: "1000"' },
    },
    {
      title: 'another service of devenv with a fixed user',
      edit: withShop(`${SHOP}    user: "1000"\n`),
      breaks: { rule: 'owner-is-mapped', at: '    user: "1000"' },
    },
  ],
})
