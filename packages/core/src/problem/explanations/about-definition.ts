import { type Explanations, placed } from '../explanation.js'
import type { DefinitionProblem, Place } from '../problem.js'
import { quoted } from '../quoted.js'

const at = (place: Place | undefined): string => (place === undefined ? '' : `${placed(place)}: `)

/** The words for problems of the files of an environment package and of a checkout that lies over them. */
export const DEFINITION: Explanations<DefinitionProblem> = {
  'package-missing': ({ looked }) => ({
    what: `There is no environment package in ${looked}.`,
    why: 'An environment package is a folder with a package.json and a compose.yaml.',
    fix: 'Name one: --package PATH, or DEVENV_PACKAGE=PATH.',
  }),
  'package-unknown': ({ checkout, dependencies }) => ({
    what: `devenv cannot tell which environment package ${checkout} uses.`,
    why:
      dependencies.length === 0
        ? 'A checkout names its environment package in devenv/package.json; this one has no such file.'
        : `devenv/package.json names ${dependencies.join(', ')}, but npm has installed no environment package there.`,
    fix:
      dependencies.length === 0
        ? 'Run this in a checkout that has devenv/package.json (`devenv init` writes it),\nor name the package: --package PATH'
        : 'npm ci --prefix devenv',
  }),
  'definition-unreadable': ({ place, detail }) => ({
    what: `${placed(place)} cannot be read.`,
    why: detail,
    fix: 'Correct the file at that place.',
  }),
  'definition-invalid': ({ place, at, detail, meaning }) => ({
    what: `${placed(place)}: ${at} ${detail}${detail.endsWith('?') ? '' : '.'}`,
    why: 'x-devenv has a JSON Schema, and editors can use it too: @devenv/core/schema/x-devenv.schema.json.',
    fix: `${meaning === undefined ? '' : `${meaning}\n`}docs/add-a-service.md shows how to write it.`,
  }),
  'compose-refused': ({ files, detail }) => ({
    what: `Docker Compose refuses ${files.join(' with ')}.`,
    why: detail,
    fix: `docker compose ${files.map((file) => `-f ${quoted(file)}`).join(' ')} config   prints the same error.`,
  }),
  'neighbour-variable-unknown': ({ package: of, place, name, known }) => ({
    what: `${at(place)}The environment of ${of} uses ${name}, which nobody sets.`,
    why: `With what runs beside it, these are set: ${known.join(', ')}.`,
    fix: 'Correct the name there: in a compose.with.<service>.yaml of the package, or of the checkout’s devenv/.',
  }),
  'ask-unknown': ({ place, service, by, target, known }) => ({
    what: `${at(place)}${by} asks ${service} for the target ${target}, which the environment package of ${service} does not supply.`,
    why:
      known.length === 0
        ? `That package supplies no targets in image/targets.mk.`
        : `That package supplies ${known.join(', ')}.`,
    fix: `Update the environment package of ${service}, or correct \`asks\` in compose.with.${service}.yaml of ${by}.`,
  }),
  'overlay-misnamed': ({ files, wanted }) => ({
    what: `devenv does not read ${files.join(' and ')}.`,
    why: `Over the package's Compose file it lays one file of the checkout, ${wanted}.`,
    fix: `mv ${quoted(files[0] ?? '')} ${quoted(wanted)}   or give the file another name, if it is not for devenv.`,
  }),
  'mounts-missing': ({ mounts, overlay, checkout }) => ({
    what: mounts.map(({ what, source }) => `${what} is ${source}, which is not there.`).join('\n'),
    why: 'The engine would make an empty folder of it, which belongs to root.',
    fix: `Make it, or correct its path. Relative paths, also those in ${overlay}, count from ${checkout}.`,
  }),
  'rule-broken': ({ place, what, why, clause, rule, fix }) => ({
    what: `${placed(place)}: ${what}`,
    why: `${why} (${clause}, ${rule})`,
    fix: fix,
  }),
}
