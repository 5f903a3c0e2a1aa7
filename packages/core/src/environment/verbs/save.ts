import { oursOf } from '../../definition/definition.js'
import { DevenvError } from '../../problem/problem.js'
import { step } from '../../progress/progress.js'
import type { Context } from '../context.js'
import { writeArchive } from '../data/archive.js'
import { describeStores, dumpsOf } from '../data/archive-of.js'
import { readRestoring } from '../data/aside.js'
import { isOwnFolder, ownAll } from '../data/data-directory.js'
import { withLock } from '../data/mutex.js'
import { createSavesFolder, requireFree, requireSaveName, type Save, saveFolder } from '../data/saves.js'
import { containersOf } from '../inside/containers-of.js'
import { whileFrozen } from '../inside/while-frozen.js'
import { requireRecognised } from '../open-environment.js'
import { describeBasis } from '../start/assemble.js'
import { NOTHING_REFUSED, observe } from '../start/observe.js'
import { waitForStep } from './stop.js'

/**
 * Keeps all data of an environment under a name, while it runs. The programs of its own containers stand still meanwhile, so that what one
 * store holds fits what another does.
 * @param label the branch that the data are of; without it, the one that is checked out
 * @throws DevenvError `save-misnamed`, `save-taken`, `nothing-to-save`, `not-running`, `store-unread`
 */
export async function save(context: Context, name: string, label?: string): Promise<Save> {
  const { environment } = context
  const { paths, service } = environment
  requireSaveName(name)
  const variant = await requireRecognised(environment)
  if (!isOwnFolder(paths.stores)) throw new DevenvError({ code: 'nothing-to-save', service })
  return await withLock(context, async () => {
    createSavesFolder(environment)
    requireFree(paths, name)
    await waitForStep(context, 'devenv keeps the data when it has ended')
    // What is there is half a restore, which a start undoes.
    if (readRestoring(paths) !== undefined)
      throw new DevenvError({ code: 'not-running', service, project: environment.project })
    const observed = await observe(context, variant, { all: true }, { commands: 'awaited' }, NOTHING_REFUSED)
    const stores = observed.stores.flatMap(({ store, ledger }) => (store.portable && ledger ? [store] : []))
    if (stores.length === 0) throw new DevenvError({ code: 'nothing-to-save', service })
    const containers = await containersOf(context)
    for (const needed of new Set(stores.map((store) => store.service)))
      if (containers.find((container) => container.service === needed)?.state !== 'running')
        throw new DevenvError({ code: 'not-running', service: needed, project: environment.project })
    const ours = oursOf(observed.definition)
    const writing = containers.filter((container) => ours.includes(container.service) && container.state === 'running')
    const description = {
      ...describeBasis(environment, observed),
      ...describeStores(paths, stores),
      ...(label === undefined ? {} : { label }),
    }
    const write = () => writeArchive(saveFolder(paths, name), description, dumpsOf({ ...context, containers }, stores))
    const names = stores.map((store) => store.name).join(', ')
    const written = await step(context.report, 'save', names, () => whileFrozen(context.engine, writing, write))
    ownAll(written.folder, environment.checkout)
    return { ...written, name }
  })
}
