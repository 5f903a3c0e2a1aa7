import { ask, type Engine } from './engine.js'

/** What an engine says of itself and of its machine (https://docs.docker.com/reference/api/engine/, SystemInfo): what we read. */
export type EngineInfo = {
  /** Of its clock, which may differ from ours: times of lines and events are the engine's. RFC 3339. */
  SystemTime?: string
  /** Bytes. */
  MemTotal?: number
  DockerRootDir?: string
  RegistryConfig?: {
    IndexConfigs?: Readonly<Record<string, { Secure: boolean }>> | null
    InsecureRegistryCIDRs?: readonly string[] | null
  } | null
}

export const readInfo = (engine: Engine): Promise<EngineInfo> => ask(engine, { path: '/info' })
