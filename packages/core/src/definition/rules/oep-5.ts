import { nothingOfOthers } from './backwards-compatibility.js'
import { ownerIsMapped } from './dev-shell.js'
import { accountsNameAddresses, healthAsksDeclared, healthIsKnown, servicesRunOnce } from './dev-watch.js'
import type { Rule } from './rule.js'
import { officialImages } from './rule-1-third-party.js'
import { runsUnderSupervisor } from './rule-2-supervisor.js'
import { logsToStdout } from './rule-3-logs.js'
import { dataStaysInDataDirectory, stepsNameServices } from './rule-4-data.js'
import { checkoutIsMounted, variantsAreThere } from './rule-5-source.js'
import { imageByDigest } from './rule-7-images.js'
import { targetsAreThere } from './rule-8-tests.js'
import { loopbackOnly } from './rule-9-development.js'

/** What can be read from a package before anything runs. The clauses seen at run time: `docs/oep-5.md`. */
export const OEP5_RULES = [
  officialImages,
  runsUnderSupervisor,
  logsToStdout,
  dataStaysInDataDirectory,
  checkoutIsMounted,
  imageByDigest,
  targetsAreThere,
  stepsNameServices,
  loopbackOnly,
  nothingOfOthers,
  ownerIsMapped,
  healthIsKnown,
  healthAsksDeclared,
  variantsAreThere,
  accountsNameAddresses,
  servicesRunOnce,
] satisfies Rule[]
