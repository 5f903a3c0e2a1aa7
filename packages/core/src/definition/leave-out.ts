import { DevenvError, type Problem } from '../problem/problem.js'
import { type Definition, oursOf } from './definition.js'

/** Tells containers of ours which services are left out. */
const VARIABLE = 'DEVENV_WITHOUT'

/**
 * The definition without the services of those names, without the steps that fill them, and without anybody's waiting
 * for them. What may be left out is what services of ours depend on with `required: false`. Pure.
 * @throws DevenvError `service-required`, `service-absent`
 */
export function leaveOut(definition: Definition, names: readonly string[]): Definition {
  if (names.length === 0) return definition
  const optional = optionalOf(definition)
  const refused = names.filter((name) => !optional.includes(name))
  const problems = refused.map((name): Problem => {
    const code = name in definition.project.services ? 'service-required' : 'service-absent'
    return { code, name, optional }
  })
  if (problems.length > 0) throw new DevenvError(...problems)

  const without = <T>(of: Readonly<Record<string, T>> | undefined): Record<string, T> =>
    Object.fromEntries(Object.entries(of ?? {}).filter(([name]) => !names.includes(name)))
  const services = Object.entries(without(definition.project.services)).map(([name, service]) => {
    const left = service.depends_on === undefined ? service : { ...service, depends_on: without(service.depends_on) }
    if (!oursOf(definition).includes(name)) return [name, left] as const
    return [name, { ...left, environment: { ...left.environment, [VARIABLE]: names.join(',') } }] as const
  })
  return {
    ...definition,
    needs: definition.needs?.filter((name) => !names.includes(name)),
    targets: Object.fromEntries(
      Object.entries(definition.targets).map(([name, target]) => [
        name,
        { ...target, needs: target.needs?.filter((name) => !names.includes(name)) },
      ]),
    ),
    provision: definition.provision
      .filter(({ when }) => !when.stores.some((store) => names.includes(store)))
      .map((step) => ({ ...step, needs: step.needs?.filter((name) => !names.includes(name)) })),
    project: { ...definition.project, services: Object.fromEntries(services) },
  }
}

/** The services that an environment can do without. Pure. */
const optionalOf = (definition: Definition): string[] => {
  const wished = oursOf(definition).flatMap((name) =>
    Object.entries(definition.project.services[name]?.depends_on ?? {}),
  )
  return [...new Set(wished.flatMap(([name, { required }]) => (required === false ? [name] : [])))]
}
