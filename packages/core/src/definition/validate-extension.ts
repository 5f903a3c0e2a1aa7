import type { ErrorObject } from 'ajv'
import { nearest } from '../problem/nearest.js'
import type { Problem } from '../problem/problem.js'
import { extensionOf, wholeExtensionOf } from './extension.js'
import { placeIn, type Source } from './source.js'

/**
 * Everything in which a compose.yaml, with those over it, and with those for the services beside it, differs from the JSON Schema
 * that editors use as well.
 */
export async function validateExtension(
  sources: readonly [Source, ...Source[]],
  beside: readonly Source[] = [],
): Promise<Problem[]> {
  const [own, ...over] = sources
  const shapeless = over.filter(({ value }) => !isMap(extensionOf(value) ?? {}))
  if (shapeless.length > 0)
    return shapeless.map(({ placeOf }) => ({
      code: 'definition-invalid',
      place: placeOf(['x-devenv']),
      at: 'x-devenv',
      detail: `must be ${KINDS.object}`,
    }))
  const whole = isMap(extensionOf(own.value))
    ? { ...(own.value as object), 'x-devenv': wholeExtensionOf(sources.map(({ value }) => value)) }
    : own.value
  const { validate } = await import('./extension-schema.js')
  const wrongIn = (value: unknown, placeOf: Source['placeOf']) => {
    validate(value)
    // What is wrong with a name, and what a condition asks for, is told by the error before that.
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames' && keyword !== 'if')
    return errors.map((error) => problemOf(error, placeOf))
  }
  const problems = wrongIn(whole, placeIn(sources))
  // What is wrong with the rest was said.
  if (problems.length > 0) return problems
  return beside.flatMap(({ value, placeOf }) =>
    wrongIn(
      { ...(whole as object), 'x-devenv-with': (value as Record<string, unknown> | null)?.['x-devenv-with'] ?? {} },
      placeOf,
    ),
  )
}

function problemOf(error: ErrorObject, placeOf: Source['placeOf']): Problem {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const extra = [error.propertyName ?? error.params.additionalProperty].filter((name) => typeof name === 'string')
  return {
    code: 'definition-invalid',
    place: placeOf([...path, ...extra]),
    at: path.join('.') || 'the file',
    detail: explain(error),
    ...meaningOf(error, path),
  }
}

/** What the schema says of the key that is wrong, or that holds what is wrong. Of the whole it would say nothing new. */
function meaningOf({ parentSchema }: ErrorObject, path: readonly (string | number)[]): { meaning?: string } {
  const key = path.findLast((part) => typeof part === 'string')
  const description: unknown = parentSchema?.description
  return path.length < 2 || typeof description !== 'string' ? {} : { meaning: `${key}: ${description}` }
}

/** The types of JSON, in words of those who write YAML. */
const KINDS: { readonly [type: string]: string } = {
  array: 'a list',
  boolean: 'true or false',
  object: 'keys with values',
  string: 'a text',
  number: 'a number',
  integer: 'a number',
  null: 'nothing',
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const unescapePointer = (part: string): string | number => {
  const text = part.replaceAll('~1', '/').replaceAll('~0', '~')
  return /^\d+$/.test(text) ? Number(text) : text
}

function explain(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') {
    const unknown: string = error.params.additionalProperty
    const near = nearest(unknown, Object.keys(error.parentSchema?.properties ?? {}))
    return `has an unknown key "${unknown}"${near === undefined ? '' : `; did you mean "${near}"?`}`
  }
  if (error.keyword === 'required') return `must have ${error.params.missingProperty}`
  if (error.keyword === 'type') {
    const types = [error.schema as string | string[]].flat()
    return `must be ${types.map((type) => KINDS[type] ?? type).join(' or ')}`
  }
  const message = error.message ?? error.keyword
  return error.propertyName === undefined ? message : `has a name that ${message}: ${error.propertyName}`
}
