import type { Explanations } from '../explanation.js'
import type { RegistryProblem } from '../problem.js'
import { quoted } from '../quoted.js'

/** OpenSSL's codes for a certificate of an authority that is not known here. */
export const UNTRUSTED = /SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/

/** In the words of `registry/transport.ts`. */
const NO_TLS = /does not speak https/

/** The words for problems of registries, and publishing to them. */
export const REGISTRY: Explanations<RegistryProblem> = {
  'registry-unset': ({ doing }) => ({
    what: `There is no registry to ${doing}.`,
    why: 'Nobody has set one: neither DEVENV_REGISTRY nor the published package.',
    fix: 'DEVENV_REGISTRY=ghcr.io/<organisation>   (a host, and a path where you may push)',
  }),
  'tag-taken': ({ tag, holds, wants }) => ({
    what: `${tag} already names something else. devenv did not change it.`,
    why: `It holds ${holds}; this is ${wants}. A published version never changes.`,
    fix: 'Publish a new version of the package: nx release\nor, until then, leave the release out: devenv publish --unreleased, devenv data publish --unreleased',
  }),
  'stand-ins-published': ({ registry, images }) => ({
    what: `devenv published nothing to ${registry}: ${images.join(', ')} ${images.length === 1 ? 'contains' : 'contain'} stand-ins for official images.`,
    why: 'devenv pushes such images only to a registry on loopback.',
    fix: 'Unset DEVENV_MIRROR, or set it to a mirror of Docker Hub.',
  }),
  'push-incomplete': ({ image, left }) => ({
    what: `devenv pushed ${image}, but the registry does not return the same image.`,
    why: 'Somebody has removed or replaced it since, or the registry has lost it.',
    fix: `Run the same command again: it continues from the images that the registry has. ${left}`,
  }),
  'file-unwritable': ({ file, detail, named }) => ({
    what: `devenv cannot write ${file}. It has done nothing.`,
    why: detail,
    fix: `Name another: ${named} FILE`,
  }),
  'registry-unreachable': ({ registry, detail }) => ({
    what: `The registry ${registry} does not answer.`,
    why: detail,
    fix: UNTRUSTED.test(detail)
      ? 'DEVENV_CA_BUNDLE=PATH   names a file (PEM) with the certificate authority of that registry.'
      : NO_TLS.test(detail)
        ? `If it speaks http, add it to the engine’s daemon.json, and restart the engine: "insecure-registries": ["${registry}"]\nThe engine needs that to pull, too.`
        : `Once it answers, run the same command again. A proxy that leads to it: HTTPS_PROXY.${registry === 'docker.io' ? ' A registry that has the same images: DEVENV_MIRROR=HOST' : ''}`,
  }),
  'registry-forbidden': ({ doing, registry, repository, detail }) => ({
    what: `You may not ${doing} ${registry}/${repository}.`,
    why:
      doing === 'read' ? `${detail}\nMany registries give this answer for a repository that does not exist.` : detail,
    fix: `docker login ${registry}${doing === 'read' ? '' : '   as somebody who may push to it'}`,
  }),
  'registry-read-only': ({ registry, detail }) => ({
    what: `The registry ${registry} takes no images.`,
    why: `It is a mirror, or under maintenance: ${detail}`,
    fix: 'Name the registry that it mirrors, or run the same command again once it accepts images.',
  }),
  'registry-refused': ({ registry, doing, detail }) => ({
    what: `The registry ${registry} would not ${doing}.`,
    why: detail,
    fix: 'Fix the cause, or wait if the registry is busy, and run the same command again.',
  }),
  'docker-config-unreadable': ({ file, detail }) => ({
    what: `${file} cannot be read.`,
    why: `${detail}\nDocker keeps your registry logins in this file.`,
    fix: `Correct it, or start a new one: mv ${quoted(file)} ${quoted(`${file}.old`)}, then docker login`,
  }),
}
