/** A place in a file that a person can open. `line` counts from 1. */
export type Place = { file: string; line?: number | undefined }

/** Of the files of an environment package and of a checkout that lies over them. */
export type DefinitionProblem =
  | { code: 'package-missing'; looked: string }
  | { code: 'package-unknown'; checkout: string; dependencies: readonly string[] }
  | { code: 'definition-unreadable'; place: Place; detail: string }
  | { code: 'definition-invalid'; place: Place; at: string; detail: string; meaning?: string | undefined }
  | { code: 'compose-refused'; files: readonly string[]; detail: string }
  | {
      code: 'neighbour-variable-unknown'
      package: string
      place: Place | undefined
      name: string
      known: readonly string[]
    }
  | {
      code: 'ask-unknown'
      place: Place | undefined
      service: string
      by: string
      target: string
      known: readonly string[]
    }
  | { code: 'overlay-misnamed'; files: readonly string[]; wanted: string }
  | { code: 'mounts-missing'; mounts: readonly { what: string; source: string }[]; overlay: string; checkout: string }
  | { code: 'rule-broken'; rule: string; clause: string; place: Place; what: string; why: string; fix: string }

/** Of a checkout. */
export type CheckoutProblem =
  | { code: 'folder-gone'; folder: string }
  | { code: 'checkout-missing'; service: string; looked: string; repository: string | undefined }
  | { code: 'checkout-none'; service: string }
  | { code: 'checkout-no-folder'; looked: string }
  | { code: 'checkout-unrecognised'; service: string; checkout: string; missing: readonly string[] }
  | { code: 'checkout-unmountable'; checkout: string }
  | { code: 'neighbour-itself'; checkout: string }
  | {
      code: 'neighbour-missing'
      looked: string
      is: 'not there' | 'a file' | 'the snapshot that another checkout runs'
    }
  | { code: 'neighbour-unusable'; service: string; checkout: string; data: string; detail: string }
  | { code: 'neighbours-alike'; service: string; checkout: string; of: string; checkouts: readonly string[] }
  | { code: 'neighbour-name-taken'; service: string; of: string }
  | { code: 'library-refused'; checkout: string; service: string; kind: string }
  | { code: 'libraries-alike'; service: string; checkouts: readonly string[] }
  | { code: 'library-broken'; name: string; checkout: string; service: string; detail: string }
  | {
      code: 'library-lacks'
      name: string
      service: string
      missing: readonly string[]
      install: string | null
    }
  | { code: 'neighbour-unknown'; checkout: string; beside: string | undefined; fitting: readonly string[] }
  /** `service`: what is named, without its release; `undefined` for what cannot be a name. `isPacked`: npm installed the checkout's own from a file. */
  | {
      code: 'neighbour-service-unknown'
      named: string
      service: string | undefined
      known: readonly string[]
      isFolder: boolean
      isPacked: boolean
    }
  | { code: 'neighbours-misquoted'; text: string }
  | {
      code: 'variant-unknown'
      service: string
      checkout: string
      variants: readonly { variant: string; missing: readonly string[] }[]
    }
  | { code: 'makefile-unreadable'; place: Place; detail: string }
  | { code: 'init-unmade'; checkout: string; detail: string }
  | { code: 'package-uninstalled'; checkout: string; detail: string }
  | { code: 'file-unmergeable'; place: Place; detail: string }
  | { code: 'packages-missing'; image: string; detail: string }

/** Of what a person sets. */
export type SettingsProblem =
  | { code: 'settings-invalid'; place: Place; detail: string; fix: string }
  | { code: 'registry-invalid'; variable: string; registry: string }
  | { code: 'digests-unreadable'; file: string; detail: string }
  | { code: 'digest-unfit'; image: string; detail: string }
  | { code: 'authorities-unreadable'; file: string; detail: string }
  | { code: 'programs-unknown'; names: readonly string[]; known: readonly string[] }
  | { code: 'variable-mistyped'; name: string; meant: string }
  | { code: 'setting-unknown'; variable: string; found: string; known: readonly string[] }
  | { code: 'service-required'; name: string; optional: readonly string[] }
  | { code: 'service-absent'; name: string; optional: readonly string[] }
  | { code: 'publish-unknown'; names: readonly string[]; known: readonly string[] }

/** Of the engine, its client and its plugins. */
export type EngineProblem =
  | { code: 'engine-missing'; endpoint: string; detail: string }
  | { code: 'engine-forbidden'; endpoint: string }
  | { code: 'endpoint-invalid'; endpoint: string }
  | { code: 'engine-remote'; endpoint: string }
  | { code: 'engine-encrypted'; endpoint: string }
  | { code: 'engine-silent'; endpoint: string; seconds: number; asked: string }
  | { code: 'engine-gone'; endpoint: string }
  | { code: 'engine-old'; found: string; wanted: string }
  | { code: 'compose-missing'; detail: string }
  | { code: 'compose-old'; found: string; wanted: string }
  | { code: 'buildx-missing'; detail: string }
  | { code: 'engine-refused'; doing: string; detail: string }
  | { code: 'engine-full' }
  | { code: 'networks-exhausted' }
  | { code: 'name-taken'; name: string }
  | { code: 'container-gone'; container: string }
  | { code: 'network-gone'; network: string }

/** Of the machine and its files. */
export type MachineProblem =
  | { code: 'memory-low'; has: number; least: number }
  | { code: 'limit-low'; name: string; found: number; least: number; because: string }
  | { code: 'clocks-apart'; seconds: number }
  | { code: 'localhost-elsewhere'; addresses: readonly string[] }
  | { code: 'proxy-unreachable'; names: readonly string[] }
  | { code: 'disk-full'; folder: string; free: number; least: number; file?: string | undefined }
  | { code: 'program-missing'; program: string }
  | { code: 'program-silent'; program: string; seconds: number }
  | { code: 'file-unusable'; path: string | undefined; doing: string; errno: string; detail: string }
  | { code: 'folder-unusable'; folder: string; variable: string; detail: string }
  | { code: 'output-unwritable'; detail: string }
  | { code: 'connection-lost'; detail: string }

/** Of git, and the lock that holds commits. */
export type GitProblem =
  | { code: 'git-failed'; doing: string; detail: string }
  | { code: 'repository-around'; checkout: string; around: string }
  | { code: 'commit-unknown'; commit: string; repository: string; detail: string }
  | { code: 'commit-incomplete'; repository: string; detail: string }
  | {
      code: 'commits-unavailable'
      service: string
      commits: readonly string[]
      url: string | undefined
      detail: string
    }
  | { code: 'refs-missing'; url: string; refs: readonly string[] }
  | { code: 'lock-unreadable'; file: string; detail: string }
  | { code: 'lock-lacks'; file: string; releases: readonly string[] }
  | { code: 'release-unknown'; release: string; known: readonly string[] }

/** Of images. */
export type ImageProblem =
  | { code: 'input-missing'; file: string; needed: string }
  | { code: 'input-unreadable'; file: string; detail: string }
  | { code: 'input-changed'; file: string; tree: string }
  | { code: 'base-unclear'; place: Place; word: string }
  | {
      code: 'build-failed'
      images: readonly string[]
      doing: 'load' | 'push' | 'cache'
      builder: string | undefined
      detail: string
    }
  | { code: 'builder-unknown'; name: string; detail: string }
  | {
      code: 'platform-unavailable'
      builder: string
      driver: string
      platforms: readonly string[]
      has: readonly string[]
    }
  | { code: 'base-lacks-platform'; base: string; platforms: readonly string[]; has: readonly string[] }
  | { code: 'host-unreachable'; host: string; because: string; instead: string | undefined; detail: string }
  | { code: 'image-foreign'; image: string; is: string | undefined; wants: string }
  | { code: 'image-unpublished'; images: readonly string[]; registry: string | undefined; detail: string }
  | { code: 'image-unavailable'; images: readonly string[]; mirror: string | undefined; detail: string }
  | { code: 'pull-failed'; image: string; detail: string }
  | { code: 'snapshot-unknown'; service: string; release: string; known: readonly string[]; detail: string }
  | {
      code: 'snapshot-missing'
      service: string
      reference: string
      because: string
      /** `undefined`: the service is made of several repositories. */
      url: string | undefined
      from: string
      ref: string
      detail: string
    }
  | { code: 'snapshot-foreign'; image: string }
  | { code: 'offline-lacks'; images: readonly string[]; because: string }

/** Of registries, and publishing to them. */
export type RegistryProblem =
  | { code: 'registry-unset'; doing: string }
  | { code: 'tag-taken'; tag: string; holds: string; wants: string }
  | { code: 'stand-ins-published'; images: readonly string[]; registry: string }
  | { code: 'push-incomplete'; image: string; left: string }
  | { code: 'file-unwritable'; file: string; named: string; detail: string }
  | { code: 'registry-unreachable'; registry: string; detail: string }
  | { code: 'registry-forbidden'; registry: string; repository: string; doing: 'read' | 'write'; detail: string }
  | { code: 'registry-read-only'; registry: string; detail: string }
  | { code: 'registry-refused'; registry: string; doing: string; detail: string }
  | { code: 'docker-config-unreadable'; file: string; detail: string }

/** Of an environment that starts or runs. */
export type EnvironmentProblem =
  | { code: 'port-taken'; port: number; holder: string | undefined }
  | { code: 'address-unknown'; service: string; name: string | undefined; known: readonly string[] }
  | { code: 'address-silent'; url: string; detail: string }
  | { code: 'ports-exhausted'; from: number; to: number }
  | { code: 'store-in-use'; data: string; holder: string }
  | { code: 'store-unknown'; names: readonly string[]; known: readonly string[] }
  | { code: 'store-foreign'; store: string; wrote: string; wants: string }
  | { code: 'steps-unknown'; names: readonly string[]; known: readonly string[] }
  | { code: 'data-unusable'; path: string; detail: string }
  | { code: 'store-unread'; store: string; detail: string }
  | { code: 'store-unfilled'; store: string; detail: string }
  | { code: 'archive-damaged'; archive: string; detail: string }
  | { code: 'save-misnamed'; name: string }
  | { code: 'save-file-unusable'; file: string; detail: string }
  | { code: 'save-unknown'; name: string; known: readonly string[] }
  | { code: 'save-taken'; name: string }
  | { code: 'save-foreign'; name: string; detail: string }
  | { code: 'file-taken'; file: string }
  | { code: 'nothing-to-save'; service: string }
  | { code: 'seed-unpulled'; seed: string; detail: string }
  | { code: 'seed-missing'; service: string; digest: string }
  | { code: 'checkout-elsewhere'; checkout: string; release: string; commit: string; at: string }
  | { code: 'container-exited'; container: string; exitCode: number; log: readonly string[]; left: string }
  | {
      code: 'not-healthy'
      container: string
      seconds: number
      test: readonly string[]
      probe: string
      log: readonly string[]
      left: string
    }
  /** `beside`: the service is a neighbour's, and not that of the environment whose command this is. */
  | { code: 'program-waiting'; service: string; beside?: true; programs: readonly { name: string; fault?: string }[] }
  | { code: 'not-ready'; container: string; log: readonly string[] }
  | {
      code: 'provision-failed'
      step: string
      exitCode: number
      stores: readonly string[]
      /** Its last lines; `above` where they have just been printed. */
      log: readonly string[] | 'above'
    }
  | { code: 'not-running'; service: string; project: string }
  | { code: 'busy'; data: string }

/** Of a command line, and devenv itself. */
export type CommandProblem =
  | { code: 'service-unknown'; name: string; known: readonly string[] }
  | { code: 'program-unknown'; name: string; known: readonly string[] }
  | { code: 'server-unknown'; name: string; known: readonly string[] }
  | { code: 'package-taken'; directory: string }
  | { code: 'program-left-out'; name: string; running: readonly string[] }
  | { code: 'target-missing' }
  | { code: 'no-terminal'; command: string }
  | { code: 'program-debugged'; name: string }
  | { code: 'unconfirmed'; command: string }
  | { code: 'usage'; detail: string; see: string }
  | { code: 'fault'; detail: string }

/**
 * Everything that can go wrong and that a person can do something about, as data. The words are in `explanations/`; codes are
 * permanent.
 */
export type Problem =
  | DefinitionProblem
  | CheckoutProblem
  | SettingsProblem
  | EngineProblem
  | MachineProblem
  | GitProblem
  | ImageProblem
  | RegistryProblem
  | EnvironmentProblem
  | CommandProblem

/** An error a person can mend. Anything else that is thrown is a fault of ours. */
export class DevenvError extends Error {
  readonly problems: readonly Problem[]

  constructor(...problems: Problem[]) {
    super(problems.map(({ code }) => code).join(', '))
    this.name = 'DevenvError'
    this.problems = problems
  }
}

/** Whether an error tells of one of these problems. */
export const tellsOf = (error: unknown, ...codes: readonly Problem['code'][]): error is DevenvError =>
  error instanceof DevenvError && error.problems.some(({ code }) => codes.includes(code))

/** What whoever refused had to say; of another error, its own words. */
export function detailOf(error: unknown): string {
  const [problem] = error instanceof DevenvError ? error.problems : []
  if (problem !== undefined && 'detail' in problem) return String(problem.detail)
  return error instanceof Error ? error.message : String(error)
}
