/**
 * A template with the values that it names, `{{port}}`. A line that is nothing but a name takes a value of several lines, each as far
 * in, and goes where the value is empty. Pure.
 * @throws Error for a name that nobody gives: a fault of ours
 */
export function fillTemplate(template: string, values: { readonly [name: string]: string }): string {
  const given = (name: string): string => {
    const value = values[name]
    if (value === undefined) throw new Error(`no value for {{${name}}}`)
    return value
  }
  return template
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', alone] = /^(\s*)\{\{([\w-]+)\}\}$/.exec(line) ?? []
      if (alone === undefined) return [line.replace(/\{\{([\w-]+)\}\}/g, (_, name) => given(name)).trimEnd()]
      const value = given(alone)
      return value === '' ? [] : value.split('\n').map((each) => (each === '' ? '' : `${indent}${each}`))
    })
    .join('\n')
}
