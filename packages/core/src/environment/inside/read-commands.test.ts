import { expect, test } from 'vitest'
import { NO_PROCESS } from '../../../test/samples.js'
import { processMark } from '../../process/process-mark.js'
import { parseCommand, sortCommands } from './read-commands.js'
import { asOwner, cancelByPid, cancelInside, stepCommand, withPid } from './tools.js'

const exec = ([entrypoint = '', ...words]: readonly string[]) => parseCommand({ entrypoint, arguments: words })
const typed = (argv: readonly string[]) => exec(argv)?.words

test('a command of a person is told as it was typed', () => {
  expect(typed(asOwner(['make', 'test', 'TESTS=a b'], '42-0123'))).toBe('make test TESTS=a b')
  expect(typed(asOwner(['bash'], '42-0123'))).toBe('bash')
  expect(typed(withPid(['mysql', '-uroot'], '42-0123'))).toBe('mysql -uroot')
})

test('a command is ended by its id, as its container can', () => {
  expect(exec(asOwner(['bash', '--', 'x'], '42-0123'))).toEqual({
    id: '42-0123',
    words: 'bash -- x',
    cancel: cancelInside,
  })
  expect(exec(withPid(['mysql'], '42-0123'))).toEqual({ id: '42-0123', words: 'mysql', cancel: cancelByPid })
})

test('a command whose devenv was killed is nobody’s; one that cannot be told from here is somebody’s', () => {
  const [pid, start, host] = processMark().split('-')
  const ids = {
    ours: `${pid}-${start}-${host}-01234567`,
    killed: `${NO_PROCESS}--${host}-01234567`,
    elsewhere: '7--0123456789abcdef-01234567',
  }
  const running = Object.values(ids).map((id) => {
    const [entrypoint = '', ...words] = asOwner(['make', 'test'], id)
    return { entrypoint, arguments: words }
  })
  const { attended, abandoned } = sortCommands(running)
  expect(attended.map(({ id }) => id)).toEqual([ids.ours, ids.elsewhere])
  expect(abandoned.map(({ id }) => id)).toEqual([ids.killed])
})

test('what devenv asks of a container is none', () => {
  expect(exec(asOwner(['/opt/devenv/bin/programs']))).toBeUndefined()
  expect(exec(asOwner(stepCommand('migrate-0', 'migrate', ['./manage.py', 'migrate'])))).toBeUndefined()
  expect(exec(['/bin/sh', '-c', 'test -s /run/devenv/owner'])).toBeUndefined()
})
