// What webpack would make of a micro-frontend, as far as it is asked for here.
import { mkdirSync, writeFileSync } from 'node:fs'

const { APP_ID, PUBLIC_PATH, MFE_CONFIG_API_URL, NODE_ENV } = process.env
const script = 'app.0123456789abcdef0123.js'

mkdirSync('dist')
writeFileSync(
  'dist/index.html',
  `<!doctype html><title>${APP_ID}</title><script src="${PUBLIC_PATH}${script}"></script>`,
)
writeFileSync(`dist/${script}`, `fetch('${MFE_CONFIG_API_URL}?mfe=${APP_ID}') // ${NODE_ENV}`)
writeFileSync(`dist/${script}.map`, '{}')
