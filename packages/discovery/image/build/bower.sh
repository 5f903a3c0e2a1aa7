#!/bin/sh
# What comes from GitHub: bower's components into static/bower_components, and geckodriver.
# Runs while the image is built, in /edx/app/discovery. $1: install or skip, as DISCOVERY_BOWER says.

mkdir -p static /opt/discovery

case "$1" in
install)
    /opt/devenv/bin/with-ca node_modules/.bin/bower install --allow-root \
        --config.directory=static/bower_components --config.interactive=false &&
        # The one package with an install script that is used: it downloads its binary.
        /opt/devenv/bin/with-ca npm rebuild geckodriver && exit

    cat >&2 <<'EOF'

bower-unreachable
  what  bower's components or geckodriver could not be fetched: the lines above say which.
  why   They come from GitHub, which this build cannot reach, or only through a proxy that it does not know.
  fix   Build without them:
          DISCOVERY_BOWER=skip make dev.watch
        Dragging to sort in three admin forms, and the tests that drive Firefox, do not work then.
EOF
    exit 1
    ;;
skip)
    cat >/opt/discovery/BOWER_SKIPPED <<'EOF'
Left out of this image, as DISCOVERY_BOWER=skip asked: bower's components (dragging to sort in three admin forms) and geckodriver (the tests that drive Firefox).
EOF
    ;;
*)
    echo "DISCOVERY_BOWER is \"$1\": it can be install or skip." >&2
    exit 1
    ;;
esac
