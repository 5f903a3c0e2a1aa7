import type { Kind, Looked } from './look-into-checkout.js'
import { exactNode, USUAL_VALUES } from './usual.js'

const MOUNT_CORE = '--mount=from=core,source=build,target=/opt/devenv/build'

/** What the templates of a Dockerfile, and of the list of its inputs, are filled with. Pure. */
export function dockerfileValues(
  service: string,
  kind: Kind,
  looked: Looked,
  servers: readonly string[],
): { [name: string]: string } {
  const locked = looked.requirements.includes('uv.lock')
  const folder = looked.requirements.some((path) => path.startsWith('requirements/'))
  const withNode = kind === 'django' && looked.npm.length > 0
  const inputs =
    kind === 'ruby' ? ['Gemfile', 'Gemfile.lock'] : [...(kind === 'django' ? looked.requirements : []), ...looked.npm]
  return {
    inputs: inputs.map((path) => `!${path}`).join('\n'),
    'inputs-in-line': inputs.join(' '),
    packages: [
      'build-essential',
      'pkg-config',
      ...(servers.includes('mysql') ? ['default-libmysqlclient-dev', 'default-mysql-client'] : []),
    ].join(' '),
    'github-arg': looked.fromGitHub.length > 0 ? 'ARG GITHUB=install' : '',
    'requirements-mount': folder ? '--mount=source=requirements,target=/requirements' : '--mount=target=/checkout',
    requirements: locked
      ? '--lock /checkout --all-groups'
      : looked.requirements.map((path) => `-r ${folder ? `/${path}` : `/checkout/${path}`}`).join(' '),
    'node-stage': withNode
      ? [
          `FROM \${DEVENV_MIRROR}/library/node:${exactNode(looked.node?.value ?? USUAL_VALUES.node)}-bookworm-slim AS node`,
          `WORKDIR /edx/app/${service}`,
          `COPY ${looked.npm.join(' ')} ./`,
          'RUN --mount=type=secret,id=ca-bundle --mount=type=cache,target=/root/.npm \\',
          `    ${MOUNT_CORE} \\`,
          '    sh /opt/devenv/build/with-ca npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier',
          '',
        ].join('\n')
      : '',
    'node-modules': withNode
      ? [
          '# Node finds its packages beside the code directory, which the checkout hides.',
          'COPY --from=node /usr/local/bin/node /usr/local/bin/node',
          `COPY --from=node /edx/app/${service}/ /edx/app/${service}/`,
        ].join('\n')
      : '',
    'node-path': withNode ? `:/edx/app/${service}/node_modules/.bin` : '',
  }
}
