import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/samples.js'
import { LABELS } from '../engine/labels.js'
import { readKnownImages } from './known-images.js'

/** What is known of `devenv/hello` where the engine has these images. */
async function known(...images: { RepoTags: string[] | null; Created: number; Labels: { [label: string]: string } }[]) {
  const socket = join(temporaryFolder(), 'engine.sock')
  const server = createServer((_request, response) => response.end(JSON.stringify(images)))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  return await readKnownImages({ endpoint: `unix://${socket}`, socket }, 'devenv/hello')
}
const image = (tags: string[] | null, labels: { [label: string]: string } = {}, Created = 0) => ({
  RepoTags: tags,
  Created,
  Labels: { [LABELS.digest]: '0123', [LABELS.inputs]: '{"Dockerfile":"45"}', ...labels },
})

test('an image of ours is known by its tag, with its digest and its inputs', async () => {
  expect(await known(image(['mine:1', 'devenv/hello:inputs-0123']))).toEqual([
    { reference: 'devenv/hello:inputs-0123', digest: '0123', inputs: { Dockerfile: '45' }, standInsFrom: undefined },
  ])
})

test('the newest image comes first', async () => {
  const images = [image(['devenv/hello:inputs-1'], {}, 1), image(['devenv/hello:inputs-2'], {}, 2)]
  expect((await known(...images)).map(({ reference }) => reference)).toEqual([
    'devenv/hello:inputs-2',
    'devenv/hello:inputs-1',
  ])
})

test.each([
  ['that has lost its tag', null],
  ['of another service', ['devenv/hello-world:inputs-0123']],
  ['under another tag', ['devenv/hello:latest']],
])('an image %s is not present', async (_what, tags) => {
  expect(await known(image(tags))).toEqual([])
})

test('an image whose bases were stand-ins says from where; one whose origin is lost is not real either', async () => {
  const [first, second] = await known(
    image(['devenv/hello:inputs-1'], { [LABELS.standIn]: 'library/debian:12', [LABELS.mirror]: 'localhost:5000' }, 2),
    image(['devenv/hello:inputs-2'], { [LABELS.standIn]: 'library/debian:12' }, 1),
  )
  expect(first?.standInsFrom).toBe('localhost:5000')
  expect(second?.standInsFrom).toBe('')
})

test('a real image is not a stand-in because it came through a mirror', async () => {
  const [found] = await known(image(['devenv/hello:inputs-1'], { [LABELS.mirror]: 'mirror.example.com' }))
  expect(found?.standInsFrom).toBeUndefined()
})

test('a damaged list of inputs is an empty one', async () => {
  const [found] = await known(image(['devenv/hello:inputs-1'], { [LABELS.inputs]: '{' }))
  expect(found?.inputs).toEqual({})
})
