cat >&2 <<'END'

dependencies-unreachable
  what  A package could not be fetched: the lines above say which.
  why   Where it is one of GitHub's, this build cannot reach github.com, or only through a proxy that it does not know.
  fix   Build without those:
          EDX_PLATFORM_GITHUB=skip make dev.watch
        What is left out then is said in the image's label and in packages/edx-platform/README.md.
END
