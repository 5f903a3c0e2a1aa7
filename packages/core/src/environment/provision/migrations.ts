/** `course_metadata/0350_x` of `apps/course_metadata/migrations/0350_x.py`; `undefined` of other files. Pure. */
export function migrationOf(file: string): string | undefined {
  const [, app = '', name = ''] = /(?:^|([^/]+)\/)(?:migrations|migrate)\/(.+)\.[^./]+$/.exec(file) ?? []
  if (name === '' || name === '__init__') return undefined
  return app === '' ? name : `${app}/${name}`
}
