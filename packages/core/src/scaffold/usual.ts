/** What a package has where neither a person nor a checkout tells. */
export const USUAL_VALUES = { port: '8000', python: '3.12', ruby: '3.3', node: '24' }

/** Images are named exactly: the last of each line that we know. */
const NODES: { readonly [line: string]: string } = { 16: '16.14.0', 18: '18.20.1', 20: '20.20.2', 24: '24.12.0' }
export const exactNode = (version: string): string => NODES[version] ?? version
