/**
 * Which variables name this machine’s bundle of certificate authorities, the first before the others. NODE_EXTRA_CA_CERTS
 * is none of them: it names what comes on top of Node’s own, no complete bundle.
 */
export const HOST_CA_VARIABLES = ['DEVENV_CA_BUNDLE', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']

/** Which variables tell the programs of a container where it is. For the steps of a build: container/build/with-ca. */
export const CONTAINER_CA_VARIABLES = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_CERT',
  'NODE_EXTRA_CA_CERTS',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
]
