import { expect, test } from 'vitest'
import { eventually, get, succeeded } from '../../../tools/scenarios/checkout.js'
import { inside } from '../../../tools/scenarios/engine.js'
import { startedCheckout } from './checkout.js'

const hello = startedCheckout(async (checkout) => {
  checkout.env = { ...checkout.env, DEVENV_RELOAD: 'fork' }
})

/** As root, in the container of hello. */
const sh = async (script: string) => (await inside(await hello.container('hello'), 'sh', '-c', script)).trim()

const save = async (title: string) => {
  await hello.write('hello/web.py', (await hello.read('hello/web.py')).replace(/<h1>.*<\/h1>/, `<h1>${title}</h1>`))
  const url = await hello.url()
  await eventually(async () => expect((await get(`${url}/`)).body).toContain(`<h1>${title}</h1>`))
}

/** Whether the web server was forked from a process that has its packages. */
const isForked = async () => {
  const parents = await sh('pgrep --delimiter , --full "[p]reload.py serve" || true')
  return parents !== '' && (await sh(`pgrep --exact gunicorn --parent ${parents} || true`)) !== ''
}

const warm = async (times: number) =>
  eventually(async () => {
    const said = await sh(
      'grep -c "modules of installed packages from a process that has them" /var/log/devenv/web.log || true',
    )
    expect(Number(said)).toBeGreaterThanOrEqual(times)
  })

test('a save is served by a fork of a process that has the packages', async () => {
  await warm(1)
  await save('Forked')
  expect(await isForked()).toBe(true)
  const status = JSON.parse(succeeded(await hello.devenv('status', '--json')).stdout)
  expect(status.state).toBe('running')
})

test('after a package has changed the program has the new one, and later saves are forked again', async () => {
  await sh('printf "\\nDEVENV_SEEN = 1\\n" >> "$(python3 -c "import flask; print(flask.__file__)")"')
  const page = await hello.read('hello/web.py')
  await hello.write(
    'hello/web.py',
    page
      .replace(/<h1>.*<\/h1>/, '<h1>Package {{ seen }}</h1>')
      .replace('url=settings.URL', "url=settings.URL, seen=getattr(__import__('flask'), 'DEVENV_SEEN', 0)"),
  )
  const url = await hello.url()
  await eventually(async () => expect((await get(`${url}/`)).body).toContain('<h1>Package 1</h1>'))
  await warm(2)
  await save('Again')
  expect(await isForked()).toBe(true)
})

test('where its parents are killed, a save is served', async () => {
  await sh('pkill -KILL -f "[p]reload.py serve" || true')
  await save('Killed')
  await warm(3)
  await save('Forked after all')
  expect(await isForked()).toBe(true)
})

test('DEVENV_RELOAD=plain has programs boot', async () => {
  succeeded(await hello.run(['node', ...hello.words('start')], { env: { DEVENV_RELOAD: 'plain' } }))
  await save('Plain')
  expect(await isForked()).toBe(false)
  expect(await sh('pgrep -f "[p]reload.py" || true')).toBe('')
})
