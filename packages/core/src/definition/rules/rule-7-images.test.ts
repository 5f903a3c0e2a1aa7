import { expect, test } from 'vitest'
import { broken, COMPOSE, IMAGE, lineOf, removing, replacing, testRules, writing } from '../../../test/rules.js'
import { imageByDigest } from './rule-7-images.js'

testRules([imageByDigest], {
  breaks: [
    {
      title: 'an image that fixes its tag',
      edit: replacing(IMAGE, '    image: devenv/hello:1.0\n'),
      breaks: { rule: 'image-by-digest', at: 'image: devenv/hello' },
    },
    {
      title: 'no way to build the image',
      edit: replacing('    build: { context: /home/dev/hello }\n', ''),
      breaks: { rule: 'image-by-digest', at: 'image: devenv/hello' },
    },
    {
      title: 'a build of something else than the checkout',
      edit: replacing('context: /home/dev/hello }', 'context: /home/dev/hello/src }'),
      breaks: { rule: 'image-by-digest', at: 'build: { context' },
    },
    ...['context', 'checkout'].map((name) => ({
      title: `a context that is called ${name}`,
      edit: replacing('context: /home/dev/hello }', `context: /home/dev/hello, additional_contexts: { ${name}: /a } }`),
      breaks: { rule: 'image-by-digest', at: 'build: { context' },
    })),
    ...['network: host', 'extra_hosts: ["a=1.2.3.4"]', 'dockerfile_inline: FROM scratch', 'no_cache: true'].map(
      (key) => ({
        title: `a word of a build that does not reach it, ${key}`,
        edit: replacing('context: /home/dev/hello }', `context: /home/dev/hello, ${key} }`),
        breaks: { rule: 'image-by-digest', at: 'build: { context' },
      }),
    ),
    {
      title: 'a context in the checkout',
      edit: replacing(
        'context: /home/dev/hello }',
        'context: /home/dev/hello, additional_contexts: { a: /home/dev/hello/a } }',
      ),
      breaks: { rule: 'image-by-digest', at: 'build: { context' },
    },
    {
      title: 'a build context that is no allowlist',
      change: writing('Dockerfile.dockerignore', '.git\n'),
      breaks: { rule: 'image-by-digest', file: 'Dockerfile.dockerignore', at: 1 },
    },
    ...['!*', '! **', '!.', '!**/*', '!./*'].map((all) => ({
      title: `a build context that ${all} opens again`,
      change: writing('Dockerfile.dockerignore', `*\n!requirements.txt\n${all}\n`),
      breaks: { rule: 'image-by-digest', file: 'Dockerfile.dockerignore', at: 3 },
    })),
    {
      title: 'a build context without limits',
      change: removing('Dockerfile.dockerignore'),
      breaks: { rule: 'image-by-digest', file: 'Dockerfile.dockerignore', at: 1 },
    },
  ],
  keeps: [
    {
      title: 'secrets and the agent of whoever builds',
      edit: replacing(
        'context: /home/dev/hello }',
        'context: /home/dev/hello, ssh: [default], secrets: [{ source: netrc }], target: dev, args: { A: b } }',
      ),
    },
    {
      title: 'folders and patterns in its allowlist',
      change: writing('Dockerfile.dockerignore', '*\n!a/*\n!*.txt\n!**/b\n'),
    },
  ],
})

test('a Dockerfile in the checkout breaks the rule: a commit does not have it beside it', () => {
  const inside = 'context: /home/dev/hello, dockerfile: /home/dev/hello/Dockerfile }'
  const edit = replacing('context: /home/dev/hello }', inside)
  expect(broken({ edit })).toContain(`image-by-digest compose.yaml:${lineOf(COMPOSE, 'build: {')}`)
})
