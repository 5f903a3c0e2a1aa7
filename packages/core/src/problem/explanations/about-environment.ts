import { basename } from 'node:path'
import { type Explanations, indent } from '../explanation.js'
import { meant } from '../nearest.js'
import type { EnvironmentProblem } from '../problem.js'
import { quoted } from '../quoted.js'

/** The words for problems of an environment that starts or runs. */
export const ENVIRONMENT: Explanations<EnvironmentProblem> = {
  'port-taken': ({ holder, port }) => ({
    what: `${holder ?? 'Another program'} already uses port ${port}.`,
    why: 'The Compose file fixes this port, so devenv cannot choose another.',
    fix: 'Stop the other program, or leave out the port’s host part: devenv then finds a free port.',
  }),
  'address-unknown': ({ service, name, known }) => ({
    what: `${service} has no ${name === undefined ? 'address now.' : `address ${name}.${meant([name], known)}`}`,
    why: `It has: ${known.join(', ') || 'none'}.`,
    fix: 'devenv status   shows its containers and addresses.',
  }),
  'address-silent': ({ url, detail }) => ({
    what: `${url} does not answer on this machine: ${detail}.`,
    why: 'The service answers its health check inside its container. Something between it and this machine keeps others out: another program at this port, a proxy or a firewall.',
    fix: `curl --verbose ${url}   shows more; then start again. The containers run on.`,
  }),
  'ports-exhausted': ({ from, to }) => ({
    what: `No port from ${from} to ${to} is free.`,
    why: 'devenv takes the ports of environments from this range.',
    fix: 'Stop the programs that hold these ports, or: devenv prune   removes the containers of environments whose checkout is gone.',
  }),
  'store-in-use': ({ holder, data }) => ({
    what: `The environment of ${holder} is using ${data}.`,
    why: 'Two servers that write to one store destroy it. Environments may share a data directory, but only one at a time.',
    fix: `devenv stop --checkout=${quoted(holder)}\nor use another data directory: DEVENV_DIR=PATH`,
  }),
  'store-unknown': ({ names, known }) => ({
    what: `This environment has no store ${names.join(', ')}.${meant(names, known)}`,
    why: `It has: ${known.join(', ') || 'none yet'}.`,
    fix: 'devenv clean STORE, with one of these; devenv clean   removes the whole environment',
  }),
  'store-foreign': ({ wrote, store, wants }) => ({
    what: `${wrote} wrote ${store}; this environment runs ${wants}.`,
    why: 'A server cannot read the files of another server or of another major version; trying may destroy them.',
    fix: `Keep them, and use another data directory: DEVENV_DIR=PATH\nIf you need them no more: devenv clean ${basename(store)}   removes them, and the next start fills new ones.`,
  }),
  'steps-unknown': ({ names, known }) => ({
    what: `This environment has no provisioning step ${names.join(', ')}.${meant(names, known)}`,
    why: `It has: ${known.join(', ') || 'none'}.`,
    fix: 'devenv provision STEP, with one of these; devenv provision   carries out all of them',
  }),
  'data-unusable': ({ path, detail }) => ({
    what: `devenv cannot use the data directory ${path}.`,
    why: detail,
    fix: 'Make it a folder that you can write to, or name another: DEVENV_DIR=PATH',
  }),
  'store-unread': ({ store, detail }) => ({
    what: `The data of ${store} could not be copied.`,
    why: detail,
    fix: 'devenv status   tells how its server is; then run the same command again. The data are as they were.',
  }),
  'store-unfilled': ({ store, detail }) => ({
    what: `The server of ${store} did not take the data.`,
    why: detail,
    fix: 'devenv start   begins without them: with the data from before a restore, or with new ones. DEVENV_SEEDS=none devenv start   takes no ready data.',
  }),
  'archive-damaged': ({ archive, detail }) => ({
    what: `${archive} is damaged.`,
    why: `${detail}.`,
    fix: 'Remove it (a save: devenv data delete NAME), or take a copy of it from where it came.',
  }),
  'save-misnamed': ({ name }) => ({
    what: `A save cannot be called ${quoted(name)}.`,
    why: 'Its name becomes that of a folder: letters, digits, ".", "_" and "-", at most 64, the first a letter or a digit; ".tmp" at the end is devenv’s own.',
    fix: 'Run the same command with such a name.',
  }),
  'save-file-unusable': ({ file, detail }) => ({
    what: `${file} is no file of a save that devenv can take.`,
    why: detail,
    fix: 'devenv data export NAME   writes one; copy it here whole, and name it: devenv data import FILE',
  }),
  'save-unknown': ({ name, known }) => ({
    what: `This environment has no save ${quoted(name)}.${meant([name], known)}`,
    why: `It has: ${known.join(', ') || 'none yet'}.`,
    fix: 'devenv data list   shows them; devenv data save NAME   makes one',
  }),
  'save-taken': ({ name }) => ({
    what: `There is a save ${name} already.`,
    why: 'devenv never replaces a save.',
    fix: `Choose another name, or: devenv data delete ${name}`,
  }),
  'save-foreign': ({ name, detail }) => ({
    what: `The save ${name} does not fit this environment.`,
    why: detail,
    fix: 'devenv data list   shows the saves of this environment.',
  }),
  'file-taken': ({ file }) => ({
    what: `${file} is there already.`,
    why: 'devenv does not write over files that it did not create.',
    fix: 'Name another file, or remove this one.',
  }),
  'nothing-to-save': ({ service }) => ({
    what: `The environment of ${service} has no data yet.`,
    why: 'It was never started, or somebody has cleaned it.',
    fix: 'devenv start',
  }),
  'seed-unpulled': ({ seed, detail }) => ({
    what: `devenv could not take ${seed} from its registry.`,
    why: detail,
    fix: 'devenv start   asks again. DEVENV_SEEDS=none devenv start   takes no ready data.',
  }),
  'seed-missing': ({ service, digest }) => ({
    what: `This machine has no seed of ${service} for this checkout (steps ${digest}).`,
    why: 'A start with new stores leaves one in the cache. None has done so with the files and the image as they are now.',
    fix: 'devenv clean && DEVENV_SEEDS=none devenv start   makes it from nothing; then run the same command again.',
  }),
  'checkout-elsewhere': ({ checkout, release, commit, at }) => ({
    what: `${checkout} is not ${release}.`,
    why: `The lock of the package names the commit ${commit} for it; the checkout is at ${at}.`,
    fix: `git -C ${checkout} checkout ${commit}   and start the environment there, then run the same command again.`,
  }),
  'container-exited': ({ container, exitCode, log, left }) => ({
    what: `${container} ended with exit code ${exitCode} during the start.`,
    why: `Its last lines:\n${indent(log)}`,
    fix: `Fix the cause and run the same command again. ${left}`,
  }),
  'not-healthy': ({ container, seconds, test, probe, log, left }) => ({
    what: `${container} does not pass its health check after ${Math.round(seconds)} s.`,
    why: `Its probe ${test.map(quoted).join(' ')} ${probe}\nThe last lines of its log:\n${indent(log)}`,
    fix: `Fix the cause and run the same command again. ${left}`,
  }),
  'program-waiting': ({ service, beside, programs }) => {
    const names = programs.map(({ name }) => name)
    return {
      what: `${names.join(', ')} of ${service} ${names.length === 1 ? 'ends with an error, and does' : 'end with an error, and do'} not run.`,
      why: programs.map(({ name, fault = 'its log shows the reason' }) => `${name}: ${fault}`).join('\n'),
      fix: `Correct the cause: when you save a file, the program starts again. Everything else runs on.\ndevenv logs ${beside ? service : names.join(' ')}   shows more.`,
    }
  },
  'not-ready': ({ container, log }) => ({
    what: `${container} started, but its entrypoint did not finish.`,
    why: `Its last lines:\n${indent(log)}`,
    fix: 'devenv doctor   looks for the cause.',
  }),
  'provision-failed': ({ step, exitCode, log, stores }) => ({
    what: `The provisioning step ${step} failed with exit code ${exitCode}.`,
    why:
      log === 'above'
        ? 'Its output above shows the cause.'
        : log.length === 0
          ? 'It printed nothing.'
          : `Its last lines:\n${indent(log)}`,
    fix: [
      'Fix the cause and start again: devenv repeats this step; the steps before it stay done.',
      ...(stores.length === 0
        ? []
        : [
            `If it left half a change in its data, delete these first, to begin with new ones: devenv clean ${stores.join(' ')}`,
          ]),
    ].join('\n'),
  }),
  'not-running': ({ service, project }) => ({
    what: `${service} is not running.`,
    why: `It is a container of ${project}.`,
    fix: 'devenv start',
  }),
  busy: ({ data }) => ({
    what: `Another devenv has been working in ${data} for an hour.`,
    why: 'Only one devenv at a time may change this folder.',
    fix: 'End the other devenv and run the same command again.',
  }),
}
