import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { _, Ajv2020 } from 'ajv/dist/2020.js'
import { CORE_DIRECTORY } from './core-directory.js'
import { regex, uri } from './schema-formats.js'

const SCHEMA = join(CORE_DIRECTORY, 'schema/x-devenv.schema.json')

export const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  allowUnionTypes: true,
  formats: { regex, uri },
  code: { source: true, formats: _`require("./schema-formats.js")` },
})

/** Of a whole compose.yaml. In the bundle this module is what Ajv makes of it, for its making takes longer than most commands. */
export const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')))
