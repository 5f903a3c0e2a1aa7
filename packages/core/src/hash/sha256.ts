import { createHash } from 'node:crypto'

/** 64 hexadecimal digits. */
export const sha256Of = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/** 16 of them, of a value as JSON: enough to see that it changed. */
export const shortHashOf = (value: unknown): string => sha256Of(JSON.stringify(value)).slice(0, 16)
