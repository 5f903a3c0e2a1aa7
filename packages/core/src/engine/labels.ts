const PREFIX = 'org.openedx.devenv'

/** Compose’s own, on every container. */
export const COMPOSE_LABELS = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  version: 'com.docker.compose.version',
} as const

/** The labels on everything that we create. */
export const LABELS = {
  service: `${PREFIX}.service`,
  checkout: `${PREFIX}.checkout`,
  /** Where the file system that the checkout is on is mounted. */
  mountPoint: `${PREFIX}.mount-point`,
  /** The data directory. */
  data: `${PREFIX}.data`,
  /** `device:inode` of the folder that holds the stores: the same folder under any path. */
  stores: `${PREFIX}.stores`,
  /** Which folders the checkout and the libraries are that the container sees: another folder may have taken the place of one. */
  mounted: `${PREFIX}.mounted`,
  /** On a network that two environments share. */
  shared: `${PREFIX}.shared`,
  /** The hash of the container's configuration. */
  config: `${PREFIX}.config`,
  /** The image's reference as written in the project. */
  image: `${PREFIX}.image`,
  /** The input digest of an image, and the list of its inputs. */
  digest: `${PREFIX}.digest`,
  inputs: `${PREFIX}.inputs`,
  /** On a snapshot: the input digest of the image below its code. */
  dependencies: `${PREFIX}.dependencies`,
  /** On an image of ours: the mirror that its bases came from. */
  mirror: `${PREFIX}.mirror`,
  /** On a stand-in: the official image that it stands in for, and what it really is. On what is built on some: which. */
  standIn: `${PREFIX}.stand-in`,
  standInServer: `${PREFIX}.stand-in.server`,
} as const
