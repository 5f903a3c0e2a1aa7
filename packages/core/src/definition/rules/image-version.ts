/** The tag or digest of an image reference, `latest` and none excepted. `localhost:5000/mysql` has none. */
export function versionOf(image: string | undefined): string | undefined {
  const version = /(?:@sha256:|:)([^/:]+)$/.exec(image ?? '')?.[1]
  return version === 'latest' ? undefined : version
}
