#!/bin/sh
# The tests, against a database of their own. They delete every search index, the developer's with them: where there are
# some, they are made again from the developer's database, however the tests end.

export RACK_ENV=test SINATRA_ENV=test
developers=$MONGOHQ_URL

make_indexes_again() {
    echo 'The tests have deleted all search indexes. Building the service’s own again:'
    # With DEBUG=1 it is the tests that wait for an editor.
    unset DEVENV_DEBUG_PORT
    MONGOHQ_URL=$developers RACK_ENV=development SINATRA_ENV=development bin/rake search:rebuild_indices
}

if curl -fsS -o /dev/null "$SEARCH_SERVER_ES7/_alias/comments" 2> /dev/null; then
    trap make_indexes_again EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi
MONGOHQ_URL=${developers}_test bin/rspec "$@"
