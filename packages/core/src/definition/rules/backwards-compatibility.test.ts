import { MYSQL_IMAGE, replacing, testRules } from '../../../test/rules.js'
import { nothingOfOthers } from './backwards-compatibility.js'

testRules([nothingOfOthers], {
  breaks: [
    {
      title: 'a container name that others could have',
      edit: replacing(MYSQL_IMAGE, `${MYSQL_IMAGE}    container_name: edx.devstack.mysql\n`),
      breaks: { rule: 'takes-nothing-of-others', at: 'container_name:' },
    },
  ],
})
