import { DevenvError } from '../problem/problem.js'
import { runCommand } from './command.js'

/** One build, as `docker buildx build` is told. Folders are absolute. */
export type Build = {
  reference: string
  context: string
  contexts: Readonly<Record<string, string>>
  dockerfile: string
  target: string | undefined
  args: Readonly<Record<string, string>>
  labels: Readonly<Record<string, string>>
  /** Id to file: seen while building, never part of the image. */
  secrets: Readonly<Record<string, string>>
}

/** Pure. */
export function renderBuildArgv(build: Build): [string, ...string[]] {
  const each = (flag: string, pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs).flatMap(([key, value]) => [flag, `${key}=${value}`])
  return [
    'docker',
    'buildx',
    'build',
    '--load',
    '--tag',
    build.reference,
    '--file',
    build.dockerfile,
    ...(build.target === undefined ? [] : ['--target', build.target]),
    ...each('--build-context', build.contexts),
    ...each('--build-arg', build.args),
    ...each('--label', build.labels),
    ...Object.entries(build.secrets).flatMap(([id, file]) => ['--secret', `id=${id},src=${file}`]),
    build.context,
  ]
}

/** Builds into the engine's store, with Buildx's own progress on stderr. @throws DevenvError `build-failed`, `buildx-missing` */
export async function runBuild(build: Build): Promise<void> {
  const { exitCode, stdout } = await runCommand({ argv: renderBuildArgv(build) }, 'progress')
  if (exitCode === 0) return
  const { exitCode: present, stderr } = await runCommand({ argv: ['docker', 'buildx', 'version'] })
  if (present !== 0) throw new DevenvError({ code: 'buildx-missing', detail: stderr.trim().split('\n')[0] ?? '' })
  throw new DevenvError({ code: 'build-failed', image: build.reference, detail: stdout.trim() })
}

/** Pulls with the client's own progress. Resolves to the client's last words if it could not. */
export async function pullImage(reference: string): Promise<string | undefined> {
  const { exitCode, stderr } = await runCommand({ argv: ['docker', 'pull', '--quiet', reference] })
  return exitCode === 0 ? undefined : stderr.trim().split('\n').at(-1)
}

/** Why a registry does not give an image, in Buildx's last words; `undefined` if it does. */
export async function whyUnavailable(reference: string): Promise<string | undefined> {
  const { exitCode, stderr } = await runCommand({
    argv: ['docker', 'buildx', 'imagetools', 'inspect', '--raw', reference],
  })
  return exitCode === 0 ? undefined : stderr.trim().split('\n').at(-1)
}
