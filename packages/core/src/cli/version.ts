import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORE_DIRECTORY } from '../definition/core-directory.js'

export const version = (): string => JSON.parse(readFileSync(join(CORE_DIRECTORY, 'package.json'), 'utf8')).version
