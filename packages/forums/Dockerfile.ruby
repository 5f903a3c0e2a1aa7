# cs_comments_service's gems, without its source: that is mounted at /edx/app/forums/forums.
ARG DEVENV_MIRROR=docker.io
FROM ${DEVENV_MIRROR}/library/ruby:3.1.4-slim-bookworm AS dev
# To compile gems, to fetch those that are a commit of a repository, and to work in the container. python3 and supervisor
# are devenv's.
RUN --mount=type=secret,id=ca-bundle --mount=from=core,source=build,target=/opt/devenv/build \
    sh /opt/devenv/build/packages build-essential libffi-dev libssl-dev libyaml-dev pkg-config python3 supervisor \
      zlib1g-dev

# All groups: the tests run here as well. Whoever the container runs as may add to them.
WORKDIR /tmp/checkout
COPY Gemfile Gemfile.lock ./
ARG GEMS=rubygems
RUN --mount=type=secret,id=ca-bundle --mount=type=cache,target=/usr/local/bundle/cache \
    --mount=from=core,source=build,target=/opt/devenv/build --mount=from=package,source=build,target=/tmp/build \
    sh /tmp/build/gems.sh "$GEMS" \
 && chmod -R a+rwX /usr/local/bundle

COPY --from=core . /opt/devenv/
RUN sh /opt/devenv/build/install
COPY --from=package . /etc/devenv/

LABEL org.openedx.devenv.forums.gems=$GEMS
ENV LANG=C.UTF-8
WORKDIR /edx/app/forums/forums
ENTRYPOINT ["/opt/devenv/bin/entrypoint"]
