/** Whether a value that was parsed has a type. What a file holds is anybody's until then. */
export type Check<T> = (value: unknown) => value is T

export const isText: Check<string> = (value) => typeof value === 'string'

export const isNumber: Check<number> = (value) => typeof value === 'number'

export const isPort: Check<number> = (value): value is number =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 16

export const isEither =
  <A, B>(one: Check<A>, other: Check<B>): Check<A | B> =>
  (value): value is A | B =>
    one(value) || other(value)

export const isExactly =
  <const T>(wanted: T): Check<T> =>
  (value): value is T =>
    value === wanted

/** It may also be missing. */
export const isMaybe =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || check(value)

export const isListOf =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(check)

export const isMapOf =
  <T>(check: Check<T>): Check<{ [key: string]: T }> =>
  (value): value is { [key: string]: T } =>
    isObject(value) && Object.values(value).every(check)

/** An object with these keys, and maybe more. The compiler asks for each key of `T`. */
export const isShapeOf =
  <T extends object>(checks: { [Key in keyof T]-?: Check<T[Key]> }): Check<T> =>
  (value): value is T =>
    isObject(value) && (Object.keys(checks) as (keyof T & string)[]).every((key) => checks[key](value[key]))

const isObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
