import type { Place } from '../../problem/problem.js'
import type { Definition } from '../definition.js'
import type { Source } from '../source.js'

/** What a rule looks at. `stores` is the folder that holds the data of third-party services. */
export type Subject = { definition: Definition; source: Pick<Source, 'placeOf'>; checkout: string; stores: string }
export type Breach = { place: Place; what: string; fix: string }
/** `clause` is OEP-5's; `why` is shown with each breach. */
export type Rule = { name: string; clause: string; why: string; check(subject: Subject): Breach[] }
