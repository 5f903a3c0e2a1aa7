import { type Explanations, placed } from '../explanation.js'
import { meant, nearest } from '../nearest.js'
import type { CheckoutProblem } from '../problem.js'
import { quoted } from '../quoted.js'

/** How npm adds a package to a checkout: from a file where it has its own from one. */
const addingOf = (service: string, isPacked: boolean): string =>
  isPacked
    ? `In the clone of devenv: npm pack -w packages/${service}\nhere: npm install --prefix devenv --save-dev --save-exact PATH/FILE`
    : `npm install --prefix devenv --save-dev --save-exact @devenv/${service}`

/** The words for problems of a checkout. */
export const CHECKOUT: Explanations<CheckoutProblem> = {
  'folder-gone': ({ folder }) => ({
    what: `The folder that you are in is not there any more: ${folder}`,
    why: 'It was removed, or another folder took its place. Your shell still stands in the old one.',
    fix: `cd ${quoted(folder)}   (or wherever the checkout is now)`,
  }),
  'checkout-missing': ({ service, looked, repository }) => ({
    what: `${service} has no source code to mount: ${looked} is not there.`,
    why: 'The environment runs your checkout, not a copy inside the image (OEP-5 rule 5).',
    fix: `${repository === undefined ? 'Clone it there' : `git clone ${repository} ${quoted(looked)}`}\nor name another: --checkout=PATH`,
  }),
  'checkout-none': ({ service }) => ({
    what: `There are no checkouts of ${service}: it is made of several repositories.`,
    why: 'It runs beside another service, as an image that was built from them for a release.',
    fix: `In the checkout of that service: make dev.watch WITH=${service}`,
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
    what: `devenv cannot work in ${checkout}: its path contains a colon or a backslash.`,
    why: 'In a Compose file a colon ends the path of a volume; in a glob a backslash is no part of a name.',
    fix: 'Move the checkout to a path without one.',
  }),
  'neighbour-unusable': ({ service, checkout, data, detail }) => ({
    what: `${service} (${checkout}) cannot be started beside this one: devenv cannot use its data directory ${data}.`,
    why: detail,
    fix: 'If it is somebody else’s, clone it for yourself and name that: WITH=PATH. WITH=none starts this one alone. If it is yours, make that folder one that you can write to.',
  }),
  'neighbour-itself': ({ checkout }) => ({
    what: `${checkout} cannot run beside itself.`,
    why: 'WITH= names other checkouts, whose services run beside this one.',
    fix: 'Name another checkout: WITH=../edx-platform',
  }),
  'neighbour-missing': ({ looked, is }) => ({
    what: `WITH= names ${looked}, which is ${is}.`,
    why: 'It takes the folders of checkouts, and names of services that run without one, separated by spaces. A path that holds a space needs quotes inside.',
    fix: `WITH=../edx-platform   or   WITH="'../my platform'"   or   WITH=edx-platform`,
  }),
  'neighbours-alike': ({ service, checkout, of, checkouts }) => ({
    what: `${service} cannot run beside two checkouts of ${of}: ${checkouts.join(' and ')}.`,
    why: `It reaches the other by its name, ${of}, and that can be one of them only.`,
    fix: `In ${checkout}: make dev.watch WITH=${quoted(checkouts[0] ?? '')}   names the one that it is to run beside.`,
  }),
  'neighbour-name-taken': ({ service, of }) => ({
    what: `${service} cannot run beside a checkout of ${of}: it has a Compose service of that name itself.`,
    why: `It would reach the one or the other by the name ${of}.`,
    fix: 'Rename the service in its compose.yaml.',
  }),
  'library-refused': ({ checkout, service, kind }) => ({
    what: `${service} cannot install ${checkout}, a library.`,
    why: `Its environment package does not say that its container installs libraries (${kind}).`,
    fix: `Add a line to x-devenv in the compose.yaml of ${service}, as docs/add-a-service.md shows: libraries: ${kind}`,
  }),
  'libraries-alike': ({ service, checkouts }) => ({
    what: `${service} cannot have two libraries of one name: ${checkouts.join(' and ')}.`,
    why: 'Its container has each below the name of its folder.',
    fix: 'Rename one of the folders, or leave one out of WITH=.',
  }),
  'library-broken': ({ name, checkout, service, detail }) => ({
    what: `${service} runs without the library ${name} as it is now: it could not be installed.`,
    why: detail,
    fix: `Correct it in ${checkout}: it is installed when you save, or at the next start. WITH=none leaves it out.`,
  }),
  'library-lacks': ({ name, service, missing, install }) => ({
    what: `The library ${name} needs ${missing.join(', ')}, and the container of ${service} has none that fits.`,
    why: `It is installed without the packages that it requires: the image holds those of ${service} alone.`,
    fix:
      install === null
        ? `Add them to the requirements of ${service}: its image has no pip that could install them.`
        : `In the checkout of ${service}: devenv exec -- ${install}\nThey stay until devenv replaces the container. In ${service}'s requirements they are there for good.`,
  }),
  'neighbour-unknown': ({ checkout, beside, fitting }) => ({
    what: `devenv cannot tell which environment package ${checkout} uses.`,
    why:
      fitting.length > 1
        ? `It has no devenv/package.json, and several packages in ${beside} fit: ${fitting.join(', ')}.`
        : `It has no devenv/package.json${beside === undefined ? '' : `, and no package in ${beside} fits`}.`,
    fix: 'If it is the checkout of a service, prepare it there: devenv init\nA library holds a pyproject.toml, a setup.py or a package.json that tells what it exports.',
  }),
  'neighbours-misquoted': ({ text }) => ({
    what: `WITH= has a quote that nothing closes: ${text}`,
    why: 'Quotes hold a path together that has a space in it, or the other kind of quote.',
    fix: `WITH="'../my platform'"   or   WITH='"../it'\\''s"'   or leave the quote out.`,
  }),
  'neighbour-service-unknown': ({ named, service, known, isFolder, isPacked }) => ({
    what:
      service === undefined
        ? `WITH= names ${named}, which is neither a path nor the name of a service.${meant([named], known)}`
        : `WITH= names ${named}, and no environment package for it is here.${meant([named], known)}`,
    why: `A name without / is that of a service, which runs from its snapshot. There are packages for ${known.join(', ') || 'none'}.`,
    fix: isFolder
      ? `For the checkout in that folder: WITH=./${named}`
      : nearest(named, known) !== undefined
        ? `WITH=${nearest(named, known)}; for a checkout, name its path: WITH=../${named}`
        : service === undefined
          ? `Name a service, WITH=${known[0] ?? 'SERVICE'} or WITH=SERVICE@RELEASE, or a checkout by its path: WITH=../${named}`
          : `${addingOf(service, isPacked)}   adds its package, if there is one\nor, for a checkout, name its path: WITH=../${service}`,
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
  'package-uninstalled': ({ checkout, detail }) => ({
    what: `npm could not install the environment package of ${checkout}.`,
    why: detail,
    fix: `Once npm can reach its registry: npm ci --prefix ${quoted(`${checkout}/devenv`)}`,
  }),
  'init-unmade': ({ checkout, detail }) => ({
    what: `npm could not install the environment package into ${checkout}/devenv.`,
    why: detail,
    fix: 'Once npm can reach its registry, run `devenv init` again. With packages on disk: devenv init ./core.tgz ./service.tgz',
  }),
  'file-unmergeable': ({ place, detail }) => ({
    what: `devenv cannot add its entries to ${placed(place)}.`,
    why: `An editor reads this file as JSON with comments, and so does devenv: ${detail}`,
    fix: 'Correct the file, or move it away, and run the command again. It has changed nothing.',
  }),
  'packages-missing': ({ image, detail }) => ({
    what: `devenv cannot export the packages of the image ${image}.`,
    why: detail,
    fix: 'It exports those of the python3 that is on the PATH of the image. For another language, open the container in your editor: devenv editor vscode',
  }),
}
