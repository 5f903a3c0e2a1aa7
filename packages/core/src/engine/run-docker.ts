import { type Outcome, runCommand, type Show } from '../process/run-command.js'

/**
 * What may stand in a shell for another project and steers Docker's client: which files and project Compose takes, the
 * platform, the builder, dates, attestations and labels of images, what a base image is replaced with. What devenv
 * decides, it tells the client itself (https://docs.docker.com/reference/cli/docker/#environment-variables,
 * https://docs.docker.com/build/building/variables/#build-tool-configuration-variables).
 */
const STEERING =
  /^(COMPOSE_.*|DOCKER_DEFAULT_PLATFORM|SOURCE_DATE_EPOCH|BUILDX_(BUILDER|NO_DEFAULT_ATTESTATIONS|BAKE_.*|GIT_.*)|EXPERIMENTAL_BUILDKIT_SOURCE_POLICY)$/

/** Pure. */
export const withoutSteering = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !STEERING.test(name)))

/**
 * Words for Docker's client. `seconds`: how long an engine or a registry that hangs may hold it up. `variables` are set
 * beside those of the shell, but for what would steer it from there.
 */
type DockerCommand = {
  args: readonly string[]
  seconds: number
  cwd?: string
  variables?: Readonly<Record<string, string>>
}

/** Runs Docker's client, as `runCommand`. Nobody else does. */
export const runDocker = ({ args, seconds, cwd, variables }: DockerCommand, show: Show = 'nothing'): Promise<Outcome> =>
  runCommand(
    {
      argv: ['docker', ...args],
      seconds,
      ...(cwd !== undefined && { cwd }),
      env: { ...withoutSteering(process.env), ...variables },
    },
    show,
  )
