import { type Explanations, placed } from '../explanation.js'
import { meant } from '../nearest.js'
import type { SettingsProblem } from '../problem.js'

/** The words for problems of what a person sets. */
export const SETTINGS: Explanations<SettingsProblem> = {
  'settings-invalid': ({ place, detail, fix }) => ({
    what: `${placed(place)}: ${detail}.`,
    why: 'devenv reads settings from this file (docs/settings.md).',
    fix: fix,
  }),
  'registry-invalid': ({ variable, registry }) => ({
    what: `${variable} is ${JSON.stringify(registry)}. That does not name a registry.`,
    why: 'A registry is a host and maybe a path, in lower case, as in the name of an image; without https://.',
    fix: `${variable}=${variable === 'DEVENV_MIRROR' ? 'registry.example.com' : 'ghcr.io/<organisation>'}   or unset it.`,
  }),
  'digests-unreadable': ({ file, detail }) => ({
    what: `${file} cannot be read.`,
    why: `DEVENV_DIGESTS names it: ${detail}`,
    fix: 'devenv publish --digests FILE   writes such a file; or unset DEVENV_DIGESTS.',
  }),
  'digest-unfit': ({ image, detail }) => ({
    what: `DEVENV_DIGESTS names ${image}, but this checkout needs another image.`,
    why: detail,
    fix: 'Name the file that belongs to these inputs (`devenv publish --digests FILE` writes it), or unset DEVENV_DIGESTS.',
  }),
  'authorities-unreadable': ({ file, detail }) => ({
    what: `${file} cannot be read.`,
    why: `DEVENV_CA_BUNDLE names it: ${detail}`,
    fix: 'Name a file (PEM) with the certificate authorities of this machine, or unset DEVENV_CA_BUNDLE.',
  }),
  'programs-unknown': ({ names, known }) => ({
    what: `There is no program ${names.join(', ')}.${meant(names, known)}`,
    why: `--programs or DEVENV_PROGRAMS chooses the programs, and devenv remembers the choice. There are: ${known.join(', ') || 'none'}.`,
    fix: 'devenv start --programs LIST   with some of these, separated by commas; or: devenv start --programs all',
  }),
  'variable-mistyped': ({ name, meant }) => ({
    what: `${name} is no variable of devenv. Did you mean ${meant}?`,
    why: 'make takes every variable, and devenv would do something else than you mean.',
    fix: `${meant}=…   in its place.`,
  }),
  'setting-unknown': ({ variable, found, known }) => ({
    what: `${variable} is ${JSON.stringify(found)}.${meant([found], known)}`,
    why: `It can be ${known.join(' or ')}.`,
    fix: `${variable}=${known[0]}   or unset it.`,
  }),
  'service-required': ({ name, optional }) => ({
    what: `This environment does not work without ${name}.`,
    why: `DEVENV_WITHOUT can leave out only optional third-party services: ${optional.join(', ') || 'there are none here'}.`,
    fix: 'DEVENV_WITHOUT=none   starts them all again.',
  }),
  'service-absent': ({ name, optional }) => ({
    what: `There is no ${name} in this environment.${meant([name], optional)}`,
    why: `DEVENV_WITHOUT names services to leave out; here these can be: ${optional.join(', ') || 'none'}.`,
    fix: 'unset DEVENV_WITHOUT   if it is meant for another environment: each remembers its own. DEVENV_WITHOUT=none   starts all services of this one.',
  }),
  'publish-unknown': ({ names, known }) => ({
    what: `There is no third-party service ${names.join(', ')} to publish.${meant(names, known)}`,
    why: `DEVENV_PUBLISH names them, and devenv remembers it. There are: ${known.join(', ') || 'none'}.`,
    fix: 'DEVENV_PUBLISH=LIST   with some of these, separated by commas; DEVENV_PUBLISH=none   publishes none.',
  }),
}
