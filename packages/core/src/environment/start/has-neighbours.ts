import { remember } from '../../settings/settings.js'
import type { Context } from '../context.js'
import { readRecord } from '../data/record.js'

/** Whether a start concerns other environments too: those beside this one, or those that were. Looks at nothing else. */
export function hasNeighbours({ environment, settings }: Pick<Context, 'environment' | 'settings'>): boolean {
  const before = readRecord(environment)?.settings
  return (remember(settings, before).with ?? []).length > 0 || (before?.with ?? []).length > 0
}
