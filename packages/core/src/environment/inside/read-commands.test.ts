import { expect, test } from 'vitest'
import { parseCommand } from './read-commands.js'
import { asOwner, stepCommand, withPid } from './tools.js'

const exec = ([entrypoint = '', ...words]: readonly string[]) => parseCommand({ entrypoint, arguments: words })

test('a command of a person is told as it was typed', () => {
  expect(exec(asOwner(['make', 'test', 'TESTS=a b'], '42-0123'))).toBe('make test TESTS=a b')
  expect(exec(asOwner(['bash'], '42-0123'))).toBe('bash')
  expect(exec(withPid(['mysql', '-uroot'], '42-0123'))).toBe('mysql -uroot')
})

test('what devenv asks of a container is none', () => {
  expect(exec(asOwner(['/opt/devenv/bin/programs']))).toBeUndefined()
  expect(exec(asOwner(stepCommand('migrate-0', 'migrate', ['./manage.py', 'migrate'])))).toBeUndefined()
  expect(exec(['/bin/sh', '-c', 'test -s /run/devenv/owner'])).toBeUndefined()
})
