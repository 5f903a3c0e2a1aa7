import type { Writable } from 'node:stream'
import { type Outcome, pipeCommand, runCommand, type Show } from '../process/run-command.js'
import { isSocket, readEndpoint } from './endpoint.js'

/**
 * What may stand in a shell for another project and steers Docker's client: which files and project Compose takes, the
 * platform, the builder, dates, attestations and labels of images, what a base image is replaced with. What devenv
 * decides, it tells the client itself (https://docs.docker.com/reference/cli/docker/#environment-variables,
 * https://docs.docker.com/build/building/variables/#build-tool-configuration-variables).
 */
const STEERING =
  /^(COMPOSE_.*|DOCKER_DEFAULT_PLATFORM|SOURCE_DATE_EPOCH|BUILDX_(BUILDER|NO_DEFAULT_ATTESTATIONS|BAKE_.*|GIT_.*)|EXPERIMENTAL_BUILDKIT_SOURCE_POLICY)$/

/** With these the client speaks TLS wherever the engine listens, and nobody does that on a socket. */
const TLS = /^DOCKER_(TLS|TLS_VERIFY|CERT_PATH)$/

/** @throws DevenvError `engine-missing` for a context that is not there */
function withoutSteering(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const onSocket = isSocket(readEndpoint(env))
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !STEERING.test(name) && !(onSocket && TLS.test(name))),
  )
}

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

/** The same for one whose output is data. */
export const pipeDocker = (args: readonly string[], out: Writable): Promise<Omit<Outcome, 'stdout'>> =>
  pipeCommand({ argv: ['docker', ...args], env: withoutSteering(process.env) }, out)
