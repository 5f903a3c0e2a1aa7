// @ts-check
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Clone, Workshop } from './clone.mjs'

test('Ctrl-C ends what runs, nothing else begins, and what was made can still be removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'devenv-accept-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\necho "$@" > ${folder}/typed\n`)
  chmodSync(join(bin, 'npx'), 0o755)
  const workshop = new Workshop({ service: 'hello', folder, cache: undefined, package: folder, snapshots: [] })
  workshop.env = { ...workshop.env, PATH: `${bin}:${process.env.PATH}` }
  const clone = new Clone(workshop, folder)

  const running = clone.run(['sh', '-c', 'trap "echo asked; exit 3" INT; touch begun; while :; do sleep 0.05; done'])
  await expect.poll(() => readFileSync(join(folder, 'begun'), 'utf8'), { timeout: 30_000 }).toBe('')
  workshop.interrupt()
  expect(await running).toEqual({ exitCode: 3, signal: null, output: 'asked\n' })
  await expect(clone.run(['true'])).rejects.toThrow('Ctrl-C')
  await expect(clone.watch()).rejects.toThrow('Ctrl-C')
  expect((await clone.clean()).exitCode).toBe(0)
  expect(readFileSync(join(folder, 'typed'), 'utf8')).toBe('--prefix devenv devenv clean\n')
})
