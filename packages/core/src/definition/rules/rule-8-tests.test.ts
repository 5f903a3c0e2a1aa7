import { BUILD, FILES, removing, replacing, testRules, writing } from '../../../test/rules.js'
import { writeFiles } from '../../../test/samples.js'
import { targetsAreThere } from './rule-8-tests.js'

testRules([targetsAreThere], {
  breaks: [
    {
      title: 'a target that is not supplied',
      change: removing('image/targets.mk'),
      breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
    },
    {
      title: 'a target that only begins like one that is supplied',
      change: writing('image/targets.mk', 'test-all:\n\tpytest\n'),
      breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
    },
    {
      title: 'a target that is a variable',
      change: writing('image/targets.mk', 'test := pytest\n'),
      breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
    },
    {
      title: 'a target that needs an unknown server',
      edit: replacing('needs: [mysql]', 'needs: [mysql, mongo]'),
      breaks: { rule: 'supplied-targets-are-there', at: '    test: {' },
    },
  ],
  keeps: [
    {
      title: 'a target of the checkout, of which it says what it needs',
      change: removing('image/targets.mk'),
      edit: replacing('because: there is none', 'environment: { CI: "1" }'),
    },
    {
      title: 'an image folder of its own',
      change: (root) => {
        writeFiles(root, {
          'image-next/supervisor/web.conf': FILES['image/supervisor/web.conf'],
          'image-next/targets.mk': FILES['image/targets.mk'],
        })
        removing('image')(root)
      },
      edit: replacing(BUILD, 'build: { context: /home/dev/hello, additional_contexts: { package: ROOT/image-next } }'),
    },
    { title: 'a target among others on a line', change: writing('image/targets.mk', 'lint test: deps\n\tpytest\n') },
    { title: 'a target with two colons', change: writing('image/targets.mk', 'test::\n\tpytest\n') },
  ],
})
