/** What a text must be that the schema asks to be of a format, by its name. */

/** An address is told by who uses it. */
export const uri = true

export function regex(text: string): boolean {
  try {
    new RegExp(text, 'm')
    return true
  } catch {
    return false
  }
}
