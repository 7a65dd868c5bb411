import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Gathers what the platform keeps and serves by itself: our pages' scripts and styles, and the reference's, from its
 * package; and what the Worker itself asks for, which nobody else is given (`/reference/…` is the Worker's path to refuse).
 */

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const assets = join(root, 'dist/assets')
const docs = join(assets, 'docs/assets')
const require = createRequire(import.meta.url)
const swagger = dirname(require.resolve('swagger-ui-dist/package.json'))
const desk = join(assets, 'console/assets')

/**
 * For a year where a name changes with its content; these names don't. What the console is made of is asked for each
 * time, and answered with 304: a script must never be older than the server that it talks to.
 */
const HEADERS = `/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Cache-Control: public, max-age=3600
/console/assets/*
  ! Cache-Control
  Cache-Control: no-cache
`

// Nothing is taken away first: another server may be reading from here.
const reference = join(assets, 'reference')
mkdirSync(docs, { recursive: true })
mkdirSync(reference, { recursive: true })
copyFileSync(join(root, 'src/domain/accounts/common-passwords.txt'), join(reference, 'common-passwords.txt'))
copyFileSync(require.resolve('libphonenumber-js/metadata.min.json'), join(reference, 'phone-numbers.json'))
for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'favicon-32x32.png']) copyFileSync(join(swagger, file), join(docs, file))

const bundle = (folder: string, files: readonly string[], outdir: string) =>
  build({
    absWorkingDir: root,
    entryPoints: files.map((file) => `${folder}/${file}`),
    outdir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    logLevel: 'warning',
  })

await bundle('src/site/browser', ['reference.ts', 'site.css'], docs)
await bundle('src/console/browser', ['console.ts', 'support.ts', 'console.css', 'support.css'], desk)
copyFileSync(join(root, 'src/console/browser/icon.svg'), join(desk, 'icon.svg'))
writeFileSync(join(assets, '_headers'), HEADERS)
