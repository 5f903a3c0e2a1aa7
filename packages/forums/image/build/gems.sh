#!/bin/sh
# Installs what Gemfile.lock names. Runs while the image is built, beside the two. $1: rubygems or debian, as FORUMS_GEMS
# says.

case "$1" in
rubygems)
    BUNDLE_FROZEN=true sh /opt/devenv/build/with-ca bundle install --jobs "$(nproc)" && exit

    # What the lock names.
    hosts=$(sed -n 's#^ *remote: https\{0,1\}://\([^/]*\).*#\1#p' Gemfile.lock | sort -u | paste -sd ' ' -)
    cat >&2 <<END

gems-uninstallable
  what  Bundler could not install the gems of Gemfile.lock: the lines above name the gem and the fault.
  why   The gems come from $hosts, and RubyGems' list of them from index.rubygems.org.
        "Could not reach host": this build cannot reach that host, or needs a proxy that nobody has set. Any other
        error is about the gem that it names.
  fix   Set HTTPS_PROXY if there is a proxy, and run the same command again; Bundler keeps the gems that it has.
END
    exit 1
    ;;
debian)
    ruby /tmp/build/debian_gems.rb && BUNDLE_FROZEN=true bundle install --local
    ;;
*)
    echo "FORUMS_GEMS is \"$1\"; it must be rubygems or debian." >&2
    exit 1
    ;;
esac
