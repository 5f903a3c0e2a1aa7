import { resolve } from 'node:path'

/**
 * The folder of @devenv/core itself: `package.json`, `container/`, `compose/`, `make/`, `schema/`. Two folders above this
 * module, compiled (`dist/definition/`) as well as bundled (`dist/bundle/`).
 */
export const CORE_DIRECTORY = resolve(import.meta.dirname, '../..')
