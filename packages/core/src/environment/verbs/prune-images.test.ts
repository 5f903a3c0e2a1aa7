import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../test/samples.js'
import { COMPOSE_LABELS } from '../../engine/labels.js'
import { pruneImages, readUnusedImages } from './prune-images.js'

/** Images and containers of an engine, and what it was asked to remove. A scenario would take those of whoever runs it. */
async function pruned(images: object[], containers: object[]): Promise<{ removed: string[]; told: string[][] }> {
  const socket = join(temporaryFolder(), 'engine.sock')
  const removed: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    if (request.method === 'DELETE') removed.push(path.replace('/images/', ''))
    response.end(JSON.stringify(path.startsWith('/containers/') ? containers : images))
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  onTestFinished(() => void server.close())
  const engine = { endpoint: `unix://${socket}`, address: { socketPath: socket } }
  const unused = await readUnusedImages(engine, ['leaving'])
  await pruneImages(engine, unused)
  return { removed, told: unused.map(({ names }) => [...names]) }
}
const image = (Id: string, RepoTags: string[] | null) => ({ Id, RepoTags, Created: 0, Size: 1, Labels: {} })
const container = (ImageID: string, project = 'staying') => ({
  Id: 'c',
  Names: ['/c'],
  ImageID,
  State: 'exited',
  Status: '',
  Labels: { [COMPOSE_LABELS.project]: project },
})

test('an image that no container is made of loses all its names', async () => {
  const names = ['devenv/hello:inputs-1', 'registry.example.com/devenv/hello:inputs-1']
  expect(await pruned([image('one', names), image('two', ['devenv/hello:inputs-2'])], [container('two')])).toEqual({
    removed: names,
    told: [names],
  })
})

test('an image without a name goes by its id', async () => {
  expect(await pruned([image('one', null)], [])).toMatchObject({ removed: ['one'] })
})

test('an image of a stopped container stays', async () => {
  expect(await pruned([image('one', ['devenv/hello:inputs-1'])], [container('one')])).toMatchObject({ removed: [] })
})

test('an image of a container that is about to be removed goes with it', async () => {
  const names = ['devenv/hello:inputs-1']
  expect(await pruned([image('one', names)], [container('one', 'leaving')])).toMatchObject({ removed: names })
})
