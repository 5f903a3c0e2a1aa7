cat >&2 <<'END'

dependencies-unreachable
  what  The build could not fetch a package: the lines above name it.
  why   If it comes from GitHub, this build cannot reach github.com, or needs a proxy that nobody has set.
  fix   Build without the packages from GitHub:
          EDX_PLATFORM_GITHUB=skip make dev.watch
        packages/edx-platform/README.md lists them.
END
