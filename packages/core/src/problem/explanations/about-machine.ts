import type { Explanations } from '../explanation.js'
import type { MachineProblem } from '../problem.js'
import { quoted } from '../quoted.js'

const FREE_SPACE =
  'Free some space: devenv prune --images; docker buildx prune; devenv clean   in a checkout whose data you need no more. Or name a folder on another disk: DEVENV_DIR=PATH'

/** System calls, as Node names them. */
const DOING: { readonly [call: string]: string } = {
  open: 'open',
  read: 'read',
  write: 'write',
  scandir: 'list',
  mkdir: 'create',
  mkdtemp: 'create a folder like',
  rename: 'write',
  rmdir: 'remove',
  rm: 'remove',
  unlink: 'remove',
  chown: 'give to its owner',
  lchown: 'give to its owner',
  stat: 'look at',
  lstat: 'look at',
  access: 'look at',
  spawn: 'start',
}

/** The words for problems of the machine and its files. */
export const MACHINE: Explanations<MachineProblem> = {
  'memory-low': ({ has, least }) => ({
    what: `The engine has ${(has / 2 ** 30).toFixed(1)} GiB of memory.`,
    why: `An environment with its databases takes up to ${Math.round(least / 2 ** 30)} GiB; the kernel kills programs once nothing is left.`,
    fix: 'Docker Desktop gives more under Settings, Resources. Elsewhere: `devenv stop` ends other environments; DEVENV_PROGRAMS and DEVENV_WITHOUT start less.',
  }),
  'limit-low': ({ name, found, least, because }) => ({
    what: `${name} is ${found}, less than ${least}.`,
    why: because,
    fix: `sudo sysctl -w ${name}=${least}   until the next boot; \`devenv doctor --fix\` does it as root\necho ${name}=${least} | sudo tee -a /etc/sysctl.d/60-devenv.conf   for good`,
  }),
  'clocks-apart': ({ seconds }) => ({
    what: `The clock of the engine is ${Math.abs(seconds)} seconds ${seconds < 0 ? 'behind' : 'ahead of'} this machine’s.`,
    why: 'make rebuilds too much or too little, certificates are not valid yet, and logs are out of order.',
    fix: 'Restart Docker Desktop, or set the clock: sudo timedatectl set-ntp true',
  }),
  'localhost-elsewhere': ({ addresses }) => ({
    what: `localhost is ${addresses.join(', ') || 'unknown'} here, not 127.0.0.1.`,
    why: 'Addresses of environments begin with localhost, and containers answer at 127.0.0.1.',
    fix: 'Add this line to /etc/hosts: 127.0.0.1 localhost',
  }),
  'proxy-unreachable': ({ names }) => ({
    what: `${names.join(', ')} ${names.length === 1 ? 'names a proxy' : 'name proxies'} on this machine’s loopback.`,
    why: 'Inside a container loopback is the container itself, so devenv does not hand that on to containers and builds.',
    fix: 'Let the proxy listen on an address that containers reach, and name that: HTTPS_PROXY=http://<address of this machine>:<port>',
  }),
  'disk-full': ({ folder, free, least, file }) => ({
    what: `The disk that holds ${folder} has ${Math.round(free / 2 ** 20)} MiB left.`,
    why:
      file === undefined
        ? `A start needs some ${Math.round(least / 2 ** 20)} MiB for databases, and more for images; a database on a full disk may break.`
        : `${file} takes ${Math.round(least / 2 ** 20)} MiB there.`,
    fix: FREE_SPACE,
  }),
  'program-missing': ({ program }) => ({
    what: `devenv cannot find ${program}.`,
    why: 'It is not on the PATH.',
    fix: `Install ${program}.`,
  }),
  'program-silent': ({ program, seconds }) => ({
    what: `${program} did not finish within ${seconds} s. devenv ended it.`,
    why: 'It waits for something that does not answer: the Docker engine, a registry, or a person.',
    fix: 'devenv doctor   shows whether the engine answers; then run the same command again.',
  }),
  'file-unusable': ({ doing, path, detail, errno }) => ({
    what: `devenv cannot ${DOING[doing] ?? 'use'} ${path ?? 'a file'}.`,
    why: detail,
    fix: mendingFile(errno, path),
  }),
  'folder-unusable': ({ folder, detail, variable }) => ({
    what: `devenv cannot create a folder in ${folder}.`,
    why: detail,
    fix: `Name another: ${variable}=PATH`,
  }),
  'output-unwritable': ({ detail }) => ({
    what: 'devenv cannot write its output where you sent it.',
    why: detail,
    fix: 'Send it to another file, or free space on that disk.',
  }),
  'connection-lost': ({ detail }) => ({
    what: 'A connection broke before the answer was complete.',
    why: `${detail}\nThe Docker engine, or a registry, has ended it.`,
    fix: 'Run the same command again; it continues from what is done. devenv doctor   looks at the engine.',
  }),
}

function mendingFile(errno: string, path = 'PATH'): string {
  switch (errno) {
    case 'EACCES':
    case 'EPERM':
      return `If it is yours, take it back: sudo chown "$USER" ${quoted(path)} && chmod u+rwX ${quoted(path)}\nOr run this as its owner.`
    case 'ENOSPC':
    case 'EDQUOT':
      return FREE_SPACE
    case 'EROFS':
      return 'Its disk is read-only. For the data of environments, name a folder on another: DEVENV_DIR=PATH'
    case 'EISDIR':
    case 'ERR_FS_EISDIR':
    case 'EFTYPE':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
    case 'ELOOP':
      return `Something else is in its place. Move ${quoted(path)} away and run the same command again.`
    case 'EMFILE':
    case 'ENFILE':
      return 'Allow more open files: ulimit -n 4096   then run the same command again.'
    default:
      return 'Fix the cause and run the same command again.'
  }
}
