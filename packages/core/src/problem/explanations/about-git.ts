import type { Explanations } from '../explanation.js'
import { meant } from '../nearest.js'
import type { GitProblem } from '../problem.js'
import { quoted } from '../quoted.js'

/** The words for problems of git, and the lock that holds commits. */
export const GIT: Explanations<GitProblem> = {
  'git-failed': ({ doing, detail }) => ({
    what: `Git could not ${doing}.`,
    why: detail,
    fix: 'Fix the cause and run the same command again.',
  }),
  'repository-around': ({ checkout, around }) => ({
    what: `${checkout} is not a repository of its own: it lies inside the repository ${around}.`,
    why: 'A commit of that repository is not a commit of the service.',
    fix: 'Name a clone of the service: --checkout=PATH\nor name no commit: devenv then takes the files as they are.',
  }),
  'commit-unknown': ({ repository, commit, detail }) => ({
    what: `${repository} has no commit ${commit}.`,
    why: detail || 'There is no commit, branch or tag of that name.',
    fix: `git -C ${quoted(repository)} fetch --all --tags   and run the same command again.`,
  }),
  'commit-incomplete': ({ repository, detail }) => ({
    what: `${repository} does not have every file of the commit.`,
    why: `${detail}\nIt is a partial clone, or damaged. devenv does not fetch into it, because its configuration may run commands.`,
    fix: `git -C ${quoted(repository)} fetch --refetch --no-filter   and run the same command again.`,
  }),
  'commits-unavailable': ({ service, commits, detail, url }) => ({
    what: `devenv cannot get the source of ${service} at ${commits.join(', ')}.`,
    why: detail,
    fix: `Name a clone that has ${commits.length === 1 ? 'it' : 'them'}: --checkout=PATH${url === undefined ? '' : `\nor make sure that git can reach ${url}`}`,
  }),
  'refs-missing': ({ url, refs }) => ({
    what: `${url} has no ${refs.join(', no ')}.`,
    why: 'The package declares releases with these refs. devenv wrote nothing.',
    fix: 'Correct `releases` in x-devenv.',
  }),
  'lock-unreadable': ({ file, detail }) => ({
    what: `${file} cannot be read.`,
    why: detail,
    fix: `Restore it: git checkout -- ${quoted(file)}\nor move it away; then devenv lock   writes another, with the digests of today.`,
  }),
  'lock-lacks': ({ file, releases }) => ({
    what: `${file} has no commit for ${releases.join(', ')}.`,
    why: 'devenv publishes a release at the commit that the lock names for its ref.',
    fix: 'devenv lock   looks the refs up and writes the file. Commit it.',
  }),
  'release-unknown': ({ release, known }) => ({
    what: `The package declares no release ${release}.${meant([release], known)}`,
    why: `It declares ${known.join(', ') || 'none'}.`,
    fix: 'Name one of these, or `all`; or add it to `releases` in x-devenv.',
  }),
}
