import { homedir } from 'node:os'
import { join } from 'node:path'

/** A folder of this person's for what can be had again (https://specifications.freedesktop.org/basedir-spec). */
export const cacheFolder = (name: string): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'devenv', name)
