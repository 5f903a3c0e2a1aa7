import { DevenvError } from '../problem/problem.js'
import { parseRefusal } from './parse-refusal.js'
import { runDocker } from './run-docker.js'

/** A Compose project as files and variables: what `docker compose` is told on its command line. */
export type ComposeFiles = {
  project: string
  directory: string
  files: readonly string[]
  variables: Readonly<Record<string, string>>
}

const composeArgs = ({ project, directory, files }: ComposeFiles): string[] => [
  'compose',
  '--project-name',
  project,
  '--project-directory',
  directory,
  // A checkout's own .env is not ours to read.
  '--env-file',
  '/dev/null',
  ...files.flatMap((file) => ['--file', file]),
]

/**
 * The one resolved model of these files, as JSON text.
 * @throws DevenvError `compose-refused` with Compose's own words; as `readComposeVersion`
 */
export async function readComposeModel(compose: ComposeFiles): Promise<string> {
  const { exitCode, stdout, stderr } = await runDocker({
    // Compose leaves a service out, in silence, whose profile nobody names; a rule refuses profiles.
    args: [...composeArgs(compose), '--profile', '*', 'config', '--format', 'json'],
    seconds: 60,
    variables: compose.variables,
  })
  if (exitCode !== 0 || !stdout.startsWith('{')) {
    await readComposeVersion()
    throw new DevenvError({ code: 'compose-refused', files: compose.files, detail: stderr.trim() || stdout.trim() })
  }
  return stdout
}

/**
 * Creates what is missing and replaces what differs, and starts nothing. The files are a model that Compose has resolved
 * before: what goes wrong is the engine's.
 * @throws DevenvError what the engine's refusal means; as `readComposeVersion`
 */
export async function createContainers(compose: ComposeFiles, services: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runDocker({
    args: [
      ...composeArgs(compose),
      'up',
      '--no-start',
      '--no-deps',
      '--no-build',
      '--pull',
      'never',
      '--quiet-pull',
      ...services,
    ],
    seconds: 300,
    variables: compose.variables,
  })
  if (exitCode !== 0) {
    await readComposeVersion()
    throw new DevenvError(parseRefusal('create the containers', stderr.trim()))
  }
}

/** Named contexts as we use them came with it, `start_interval` shortly before. */
export const OLDEST_COMPOSE = '2.24.0'

/**
 * Asked where Compose has refused something, not before: its start costs a tenth of that of an environment.
 * @throws DevenvError `compose-missing`, `compose-old`
 */
export async function readComposeVersion(): Promise<string> {
  const { exitCode, stdout, stderr } = await runDocker({ args: ['compose', 'version'], seconds: 60 })
  if (exitCode !== 0) {
    const said = stderr.split('\n').find((line) => line.trim() !== '' && !line.startsWith('WARNING'))
    throw new DevenvError({ code: 'compose-missing', detail: said?.trim() ?? `it ended with ${exitCode}` })
  }
  // Docker Compose version v2.26.1
  return await requireCompose(stdout.trim().split(/\s+/).at(-1) ?? '')
}

/** @throws DevenvError `compose-old` */
export async function requireCompose(version: string): Promise<string> {
  const { default: semver } = await import('semver')
  if (semver.lt(semver.coerce(version) ?? '0.0.0', OLDEST_COMPOSE))
    throw new DevenvError({ code: 'compose-old', found: version, wanted: OLDEST_COMPOSE })
  return version
}
