#!/bin/sh
# Commits what `make ci.lock` changed, if anything, and pushes it. A `fix`: the next release has it.
set -eu
cd "$(dirname "$0")/../.."
git ls-files -z --modified --others --exclude-standard -- '*/devenv-lock.json' | xargs -0 -r git add --
git diff --cached --quiet && exit 0
export GIT_AUTHOR_NAME='github-actions[bot]' GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
export GIT_COMMITTER_NAME="$GIT_AUTHOR_NAME" GIT_COMMITTER_EMAIL="$GIT_AUTHOR_EMAIL"
git commit --quiet --message 'fix: official images and releases as they are now'
git pull --quiet --rebase
git push --quiet
