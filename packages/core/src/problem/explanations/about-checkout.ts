import { type Explanations, placed } from '../explanation.js'
import type { CheckoutProblem } from '../problem.js'
import { quoted } from '../quoted.js'

/** The words for problems of a checkout. */
export const CHECKOUT: Explanations<CheckoutProblem> = {
  'checkout-missing': ({ service, looked, repository }) => ({
    what: `${service} has no source code to mount: ${looked} is not there.`,
    why: 'The environment runs your checkout, not a copy inside the image (OEP-5 rule 5).',
    fix: `${repository === undefined ? 'Clone it there' : `git clone ${repository} ${quoted(looked)}`}\nor name another: --checkout=PATH`,
  }),
  'checkout-no-folder': ({ looked }) => ({
    what: `${looked} is a file, not a folder.`,
    why: 'A checkout is the folder that holds the source code.',
    fix: 'Name the folder: --checkout=PATH',
  }),
  'checkout-unrecognised': ({ checkout, service, missing }) => ({
    what: `${checkout} is not a checkout of ${service}: it has no ${missing.join(', no ')}.`,
    why: 'With another folder mounted, the environment would run nothing, or the wrong code.',
    fix: 'Name the checkout: --checkout=PATH, or run this in its top folder.',
  }),
  'checkout-unmountable': ({ checkout }) => ({
    what: `Docker cannot mount ${checkout}: its path contains a colon.`,
    why: 'In a Compose file a colon ends the path of a volume.',
    fix: 'Move the checkout to a path without one.',
  }),
  'variant-unknown': ({ checkout, service, variants }) => ({
    what: `${checkout} is a checkout of ${service}, but it fits no variant of the environment package.`,
    why: variants.map(({ variant, missing }) => `${variant}: it has no ${missing.join(', no ')}`).join('\n'),
    fix: 'Update the environment package, or add a variant to it: `variants` in x-devenv.',
  }),
  'makefile-unreadable': ({ place, detail }) => ({
    what: `make cannot read ${placed(place)}.`,
    why: `${detail}\n\`devenv init\` adds a line at the end of the Makefile, and make would not read it.`,
    fix: 'Correct the file, then run `devenv init` again. It has changed nothing.',
  }),
  'init-unmade': ({ checkout, detail }) => ({
    what: `npm could not install the environment package into ${checkout}/devenv.`,
    why: detail,
    fix: 'Once npm can reach its registry, run `devenv init` again. With packages on disk: devenv init ./core.tgz ./service.tgz',
  }),
}
