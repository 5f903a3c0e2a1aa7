import { fileURLToPath } from 'node:url'

/**
 * The folder of @devenv/core itself: `package.json`, `container/`, `compose/`, `make/`, `schema/`. Two folders above this
 * module, compiled (`dist/definition/`) as well as bundled (`dist/bundle/`).
 */
export const CORE_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
