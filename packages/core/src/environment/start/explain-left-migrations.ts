import { enumerate } from '../../image/plan-image.js'
import type { Ledger } from '../data/ledger.js'
import type { Save } from '../data/saves.js'
import type { Store } from '../project/stores-of.js'
import type { DueStep } from '../provision/hash-steps.js'
import { migrationOf } from '../provision/migrations.js'
import { lackedBy, type SeedWish } from './choose-seed.js'

/**
 * One note where databases hold migrations of files that the checkout no longer has: those of another branch. Pure.
 * @param steps with the files that they would run with now
 * @param stores with the files that they were filled with
 * @param save one whose data this branch can work with
 * @param installed the migrations that the image has, whichever checkout brought them before
 */
export function explainLeftMigrations(
  steps: readonly Pick<DueStep, 'name' | 'files' | 'stores'>[],
  stores: readonly { store: Pick<Store, 'name' | 'service'>; ledger: Pick<Ledger, 'files'> | undefined }[],
  save: Pick<Save, 'name' | 'description'> | undefined,
  installed: readonly string[] = [],
): string[] {
  const there = new Set(installed.map(migrationOf))
  const left = stores.flatMap(({ store: { name, service }, ledger }) => {
    const names = steps
      .filter((step) => step.stores.includes(name))
      .flatMap((step) => (ledger?.files[step.name] ?? []).filter((file) => !step.files.includes(file)))
      .flatMap((file) => migrationOf(file) ?? [])
      .filter((name) => !there.has(name))
    return names.length === 0 ? [] : [{ service, names }]
  })
  if (left.length === 0) return []
  const services = left.map(({ service }) => service)
  const names = [...new Set(left.flatMap(({ names }) => names))]
  const hold = services.length === 1 ? `the database ${services[0]} holds` : `the databases ${services.join(', ')} hold`
  const mend = [
    ...(save === undefined
      ? []
      : [`\`devenv data restore ${save.name}\` goes back to the data that you saved${onBranch(save)}`]),
    `\`devenv clean ${services.join(' ')}\` deletes all that is in ${services.length === 1 ? 'it' : 'them'}, and the next start begins with new data`,
  ]
  return [
    `${hold} migrations that this branch lacks: ${enumerate(names)}; if it cannot work with them, ${mend.join(', or ')}`,
  ]
}

const onBranch = ({ description: { label } }: Pick<Save, 'description'>): string =>
  label === undefined ? '' : ` on ${label}`

/** Those whose migrations the checkout all has, the newest first. Pure. */
export const savesThatFit = (
  saves: readonly Save[],
  here: Pick<SeedWish, 'digest' | 'migrations' | 'installed'>,
): Save[] => saves.filter((save) => lackedBy(here, save).length === 0)

/** The one that suits a branch: the newest that was made on it, else the newest. Pure. */
export const chooseSave = (fit: readonly Save[], branch: string | undefined): Save | undefined =>
  fit.find(({ description }) => branch !== undefined && description.label === branch) ?? fit[0]
