import { type Explanations, placed } from '../explanation.js'
import { meant, nearest } from '../nearest.js'
import type { ImageProblem } from '../problem.js'
import { UNTRUSTED } from './about-registry.js'

/** The words for problems of images. */
export const IMAGE: Explanations<ImageProblem> = {
  'input-missing': ({ file, needed }) => ({
    what: `${file} is not there.`,
    why: `It is ${needed}.`,
    fix: 'Restore it, or correct the build section of compose.yaml.',
  }),
  'input-unreadable': ({ file, detail }) => ({
    what: `${file} cannot be read.`,
    why: detail,
    fix: 'Give yourself permission to read it, or leave it out: Dockerfile.dockerignore lists the files that go into the image.',
  }),
  'input-changed': ({ file, tree }) => ({
    what: `${file} changed while devenv read it (${tree}).`,
    why: 'The image would not match its digest.',
    fix: 'Run the same command again.',
  }),
  'base-unclear': ({ place, word }) => ({
    what: `${placed(place)}: devenv cannot tell, before the build, which image ${word} is.`,
    why: 'devenv needs the name of a base image to lock its digest and to recognise a stand-in.',
    fix: `Write it with $NAME, \${NAME}, \${NAME:-default} or \${NAME:+instead}, and declare the arguments before the first FROM.`,
  }),
  'build-failed': (problem) =>
    problem.doing === 'push'
      ? {
          what: `Not pushed: ${problem.images.join(', ')}.`,
          why: `The end of Buildx’s output is above. devenv moved no tag.`,
          fix: `Run the same command again: it continues from the images that the registry has. To log in: docker login${problem.builder === undefined ? '' : `\nThe builder ${problem.builder} talks to the registry itself: from its own network, with its own certificates and buildkitd.toml.`}`,
        }
      : {
          what: `Not built: ${problem.images.join(', ')}.`,
          why: 'The end of Buildx’s output is above. devenv started, replaced and published nothing.',
          fix: 'Fix the cause and run the same command again: Buildx keeps the finished steps.',
        },
  'builder-unknown': ({ name, detail }) => ({
    what: `Buildx cannot use the builder ${name}.`,
    why: detail,
    fix: 'docker buildx ls   lists the builders.',
  }),
  'platform-unavailable': ({ builder, driver, platforms, has }) => ({
    what: `The builder ${builder} (driver ${driver}) cannot make images for ${platforms.join(', ')}. It built nothing.`,
    why: has.length === 0 ? 'It lists no platform.' : `It supports ${has.join(', ')}.`,
    fix: 'Name other platforms: --platform\nor create another builder and name it with --builder: docker buildx create --driver docker-container, with QEMU’s emulation (docker run --privileged tonistiigi/binfmt --install all) or one node for each platform',
  }),
  'base-lacks-platform': ({ base, has, platforms }) => ({
    what: `${base} exists only for ${has.join(', ') || 'no platform'}, not for ${platforms.join(', ')}. devenv built nothing.`,
    why: 'An image for another platform would contain programs that do not run there.',
    fix:
      has.length === 0
        ? 'Name another base image.'
        : `devenv publish --platform ${has.join(',')}\nor name a base image that exists for all of them.`,
  }),
  'host-unreachable': ({ host, detail, because, instead }) => ({
    what: `${host} does not answer.`,
    why: `${detail}\nThe image has to be built, and ${because}.`,
    fix:
      (UNTRUSTED.test(detail)
        ? 'DEVENV_CA_BUNDLE=PATH   names a file (PEM) with the certificate authority of that host.'
        : 'devenv doctor   shows the proxy. Once the host answers, run the same command again.') +
      (instead === undefined ? '' : `\nOr build without it: ${instead}   before the same command`),
  }),
  'image-foreign': ({ is, image, wants }) => {
    const emulate = `to run it under emulation, add to its service in the Compose file: platform: ${is}`
    return {
      what: `${image} is ${is === undefined ? 'for another platform' : `for ${is}`}; this machine needs ${wants}.`,
      why: 'Its programs would not run here, or only slowly, under emulation.',
      fix: `Name a version that exists for ${wants}${is === undefined ? '' : `\nor, ${emulate}`}`,
    }
  },
  'image-unpublished': ({ images, detail, registry }) => ({
    what: `devenv cannot get ${images.join(', ')}.`,
    why: `${detail}\nAnother service’s package publishes this image; devenv cannot build it here.`,
    fix:
      registry === undefined
        ? 'Name the registry that has it: DEVENV_REGISTRY=ghcr.io/<organisation>'
        : `DEVENV_REGISTRY is ${registry}: publish the image there (\`devenv publish\`, with that service’s package), name another registry, or log in: docker login`,
  }),
  'snapshot-unknown': ({ service, release, known, detail }) => ({
    what: `There is no release ${release} of ${service}.${meant([release], known)}`,
    why: `${detail}, and the package declares no such release. There are ${known.join(', ') || 'none'}.`,
    fix:
      known.length === 0
        ? `Run a checkout: WITH=../${service}\nor declare the release in the package: \`repository\` and \`releases\` in x-devenv`
        : `Name one of these: WITH=${service}@${nearest(release, known) ?? known.at(-1)}`,
  }),
  'snapshot-missing': ({ service, reference, because, url, from, ref, detail }) => ({
    what: `devenv cannot get ${reference}, the snapshot that would run beside this service.`,
    why: `${because}, and its code cannot be fetched from ${from}: ${detail}`,
    fix:
      url === undefined
        ? `Name a registry that has it: DEVENV_REGISTRY=ghcr.io/<organisation>\nor another release: WITH=${service}@RELEASE`
        : `Run a checkout instead: git clone ${url} ../${service}   and   WITH=../${service}\nor publish its snapshot, in such a checkout: devenv publish --pushed ${ref}`,
  }),
  'snapshot-foreign': ({ image }) => ({
    what: `${image} is not a snapshot that this devenv can run.`,
    why: 'It does not say of what it was made, or where its code lies.',
    fix: `docker image rm ${image}   removes it here; \`devenv publish\`, with that service’s package, makes a new one.`,
  }),
  'image-unavailable': ({ images, detail, mirror }) => ({
    what: `devenv cannot get ${images.join(', ')}.`,
    why: detail,
    fix:
      mirror === undefined
        ? 'If this machine cannot reach Docker Hub, name a mirror of it: DEVENV_MIRROR=registry.example.com'
        : `DEVENV_MIRROR is ${mirror}: that registry must have these images under these names.`,
  }),
  'pull-failed': ({ image, detail }) => ({
    what: `The engine could not pull ${image}, although the registry has it.`,
    why: detail,
    fix: 'Run the same command again: the engine keeps the layers that have arrived. To build the image here instead, put DEVENV_REGISTRY= before the command.',
  }),
  'offline-lacks': ({ images, because }) => ({
    what: `devenv is offline, and this machine does not have ${images.join(', ')}.`,
    why: `Offline, devenv asks no other machine (${because}).`,
    fix: 'Run the same command once without --offline (and with DEVENV_OFFLINE unset).',
  }),
}
