# cs_comments_service's gems, without its source: that is mounted at /edx/app/forums/forums.
ARG DEVENV_MIRROR=docker.io
FROM ${DEVENV_MIRROR}/library/ruby:3.1.4-slim-bookworm AS dev
COPY --from=core --chmod=755 bin/with-ca /opt/devenv/bin/with-ca
# To compile gems, to fetch those that are a commit of a repository, and to work in the container. python3 and supervisor
# are devenv's.
RUN --mount=type=secret,id=ca-bundle \
    export DEBIAN_FRONTEND=noninteractive \
 && /opt/devenv/bin/with-ca apt-get update \
 && /opt/devenv/bin/with-ca apt-get install -y --no-install-recommends \
      build-essential ca-certificates curl git less libffi-dev libssl-dev libyaml-dev pkg-config procps python3 \
      supervisor zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*

# All groups: the tests run here as well. Whoever the container runs as may add to them.
WORKDIR /tmp/checkout
COPY Gemfile Gemfile.lock ./
ARG GEMS=rubygems
RUN --mount=type=secret,id=ca-bundle --mount=type=cache,target=/usr/local/bundle/cache \
    --mount=type=bind,from=package,source=build,target=/tmp/build \
    sh /tmp/build/gems.sh "$GEMS" \
 && chmod -R a+rwX /usr/local/bundle

COPY --from=core . /opt/devenv/
RUN sh /opt/devenv/bin/install --debian
COPY --from=package . /etc/devenv/

LABEL org.openedx.devenv.forums.gems=$GEMS
ENV LANG=C.UTF-8
WORKDIR /edx/app/forums/forums
EXPOSE 4567
ENTRYPOINT ["/opt/devenv/bin/entrypoint"]
