#!/bin/sh
# What comes from GitHub: bower's components into static/bower_components, and geckodriver.
# Runs while the image is built, in /edx/app/discovery. $1: install or skip, as DISCOVERY_BOWER says.

mkdir -p static /opt/discovery

case "$1" in
install)
    sh /opt/devenv/build/with-ca node_modules/.bin/bower install --allow-root \
        --config.directory=static/bower_components --config.interactive=false &&
        # The one package with an install script that is used: it downloads its binary.
        sh /opt/devenv/build/with-ca npm rebuild geckodriver && exit

    cat >&2 <<'EOF'

bower-unreachable
  what  The build could not fetch bower's components or geckodriver: the lines above name them.
  why   They come from GitHub. This build cannot reach it, or needs a proxy that nobody has set.
  fix   Build without them:
          DISCOVERY_BOWER=skip make dev.watch
        Then you cannot sort by dragging in three admin forms, and the tests that drive Firefox do not run.
EOF
    exit 1
    ;;
skip)
    cat >/opt/discovery/BOWER_SKIPPED <<'EOF'
DISCOVERY_BOWER=skip has left these out of the image: bower's components (to sort by dragging in three admin forms) and geckodriver (for the tests that drive Firefox).
EOF
    ;;
*)
    echo "DISCOVERY_BOWER is \"$1\"; it must be install or skip." >&2
    exit 1
    ;;
esac
