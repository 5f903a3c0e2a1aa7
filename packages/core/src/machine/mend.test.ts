import { expect, test } from 'vitest'
import { mend } from './mend.js'

async function told(argv: readonly [string, ...string[]] | undefined, isRoot: boolean): Promise<string[]> {
  const lines: string[] = []
  const finding = { looked: 'a', found: '1', ...(argv && { mend: argv }) }
  await mend([finding], isRoot, (progress) => void (progress.kind === 'note' && lines.push(progress.text)))
  return lines
}

test('root mends, after saying what', async () => {
  expect(await told(['true', 'x'], true)).toEqual(['root runs: true x'])
  expect(await told(['false'], true)).toEqual(['root runs: false', 'false failed: '])
})

test('others are told what root would type, and nothing is done', async () => {
  expect(await told(['false'], false)).toEqual(['run this: sudo false'])
})

test('where nothing can be mended, devenv says so', async () => {
  expect(await told(undefined, true)).toEqual(['there is nothing that devenv can mend by itself'])
})
