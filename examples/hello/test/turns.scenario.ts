import { cpSync, existsSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../../../tools/scenarios/checkout.js'
import { PACKAGE, startedCheckout } from './checkout.js'

const WEB = 8000
const SHOP = 8001

/** Hello with a second server, `shop`, on the same code. */
const hello = startedCheckout(async (checkout) => {
  const folder = join(checkout.folder, 'environment')
  cpSync(PACKAGE, folder, { recursive: true, filter: (source) => basename(source) !== 'node_modules' })
  checkout.env.DEVENV_PACKAGE = folder
  const compose = await readFile(join(folder, 'compose.yaml'), 'utf8')
  await writeFile(join(folder, 'compose.yaml'), compose.replace('ports: ["8000"]', 'ports: ["8000", "8001"]'))
  const web = await readFile(join(folder, 'image/supervisor/web.conf'), 'utf8')
  const shop = web
    .replace('[program:web]', '[program:shop]')
    .replace('program web', 'program shop')
    .replace('8000', '8001')
  await writeFile(join(folder, 'image/supervisor/shop.conf'), shop)
})

/** What all programs import. Each tells that it boots, and goes on when there is a file for it. */
const BOOT = `
import os
import time

name = os.environ.get('SUPERVISOR_PROCESS_NAME')
if name:
    with open('events', 'a') as events:
        events.write(name + ' boots\\n')
    while not os.path.exists('go-' + name):
        time.sleep(0.05)
    with open('events', 'a') as events:
        events.write(name + ' is there\\n')
`

const events = async () =>
  existsSync(join(hello.path, 'events')) ? (await hello.read('events')).trim().split('\n') : []
const told = (event: string) => eventually(async () => expect(await events()).toContain(event))
/** So that all programs stand still in the boot that follows. */
const save = async () => {
  for (const file of ['events', 'go-web', 'go-shop', 'go-worker']) rmSync(join(hello.path, file), { force: true })
  await hello.write('hello/__init__.py', BOOT)
}

test('of the programs that one save starts again, the server that is asked answers before another one boots', async () => {
  await save()
  const asked = hello.get('/', WEB)
  await told('web boots')
  await hello.write('go-web', '')
  expect((await asked).status).toBe(200)
  await told('shop boots')
  await hello.write('go-shop', '')
  await told('worker boots')
  await hello.write('go-worker', '')
  await told('worker is there')
  expect(await events()).toEqual([
    'web boots',
    'web is there',
    'shop boots',
    'shop is there',
    'worker boots',
    'worker is there',
  ])
})

test('a server whose turn has not come boots at once when it is asked', async () => {
  await save()
  await told('web boots')
  const asked = hello.get('/', SHOP)
  await told('shop boots')
  await hello.write('go-shop', '')
  expect((await asked).status).toBe(200)
  expect(await events()).toEqual(['web boots', 'shop boots', 'shop is there'])
  await hello.write('go-web', '')
  await hello.write('go-worker', '')
  await told('worker is there')
})
