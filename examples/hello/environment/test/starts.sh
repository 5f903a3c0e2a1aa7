# The environment of hello starts, answers, and runs the tests of its checkout (docs/add-a-service.md, Tests of the package).
set -eux
devenv start
eventually curl --fail --silent --show-error --output /dev/null "$(address)/health/"
devenv make test
