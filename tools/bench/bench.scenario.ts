import { expect, test } from 'vitest'
import { REPOSITORY, succeeded } from '../scenarios/checkout.js'
import { run } from '../scenarios/run.js'

/** As `make bench` does, with one repetition: how long anything takes is no matter here. */
const bench = async (part: string) =>
  succeeded(
    await run(['node', `tools/bench/${part}.mjs`], {
      cwd: REPOSITORY,
      env: { RUNS: '1', IDLE_SECONDS: '1', COUNTS: '2 4' },
    }),
  )
    .stdout.trim()
    .split('\n')

test('make bench measures each thing that it tells of', async () => {
  const [head, ...rows] = await bench('bench')
  expect(head).toContain('medians of 1')
  expect(
    rows.map((row) =>
      row
        .replace(/ \(.*/, '')
        .replaceAll(/\d+(\.\d+)?/g, 'N')
        .trim(),
    ),
  ).toEqual([
    'N  ≤ N  nothing to change: make dev.watch to the first log line, against docker compose up -d --wait',
    'N  ≤ N   make dev.true, against docker compose exec',
    'N  ≤ N  from stopped: devenv start, against docker compose up -d --wait',
    expect.stringMatching(/^-?N ms {2}\+N ms a save until the new code answers, beyond the server’s own boot$/),
    expect.stringMatching(/^N% {2}< N % {3}of a core, the primary container idle for N s$/),
  ])
})

test('make bench measures its images with nothing to do', async () => {
  expect((await bench('images')).map((row) => row.replace(/^ *[\d.]+/, 'N').replaceAll(/\d+ ms/g, 'N ms'))).toEqual(
    [2, 4].flatMap((count) => [
      `N× faster, ${count} images: devenv image --release all (N ms) than docker buildx bake --load (N ms)`,
      `N× faster, ${count} images: devenv publish (N ms) than docker buildx bake --push (N ms)`,
    ]),
  )
})
