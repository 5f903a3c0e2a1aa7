#!/bin/sh
# Prints the commit that was last published from main, as GitHub remembers it, so that a run also does what runs
# before it left undone. Without one: nothing, and every environment is looked at.
set -eu
gh run list --workflow publish.yml --branch main --status success --limit 1 --json headSha --jq '.[0].headSha // ""'
