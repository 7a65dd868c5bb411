import { mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { contracts } from '../app.ts'
import { consolePage } from '../console/console-page.ts'
import { supportPage } from '../console/support-page.ts'
import { createAsyncApi } from '../documents/asyncapi.ts'
import { documentOf } from '../documents/index.ts'
import type { StaticPage } from '../domain/context.ts'
import { documentFile, ORIGIN_PLACEHOLDER } from '../http/openapi/document-file.ts'
import { linkPages } from '../site/link-pages.ts'
import { contractReference } from '../site/reference/contract.ts'
import { docsPage, homePage, joinPage } from '../site/static-pages.ts'
import { type Digests, digestOf } from './build-if-changed.ts'
import { numberingPlansFile } from './numbering-plans.ts'
import { replaceFile } from './replace-file.ts'
import { root } from './wrangler.ts'

const assets = join(root, 'dist/assets')
const docsAssets = join(assets, 'docs/assets')
const consoleAssets = join(assets, 'console/assets')
const reference = join(assets, 'reference')

/**
 * The file names contain no hash of the content, so clients may cache the files for an hour only. The console's files are
 * revalidated on each use (usually with a 304): a script must never be older than the server that it talks to.
 */
const HEADERS = `/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Content-Security-Policy: default-src 'none'; frame-ancestors 'none'
  Cache-Control: public, max-age=3600
/console/assets/*
  ! Cache-Control
  Cache-Control: no-cache
/console/assets/push-worker.js
  Service-Worker-Allowed: /console
`

type Write = (file: string, content: Uint8Array) => void

/**
 * A page loads its script as a classic script (`iife`). A part that the page imports later is a module (`esm`), with a copy of the
 * helpers that it uses. If it shared them with the page in a third file, the page would have to wait for that file before it could
 * start.
 */
const bundle = async (
  write: Write,
  folder: string,
  files: readonly string[],
  outdir: string,
  format: 'iife' | 'esm' = 'iife',
): Promise<void> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => `${folder}/${file}`),
    outdir,
    bundle: true,
    minify: true,
    format,
    target: 'es2022',
    logLevel: 'warning',
    write: false,
  })
  for (const { path, contents } of outputFiles) write(path, contents)
}

/** Writes all assets, and returns the digest of each by its path in the project. */
export const writeAssets = async (): Promise<Digests> => {
  // The folder is not emptied first: another running server may be reading from it.
  for (const folder of [docsAssets, consoleAssets, join(reference, 'openapi'), join(reference, 'pages')])
    mkdirSync(folder, { recursive: true })

  const written: Record<string, string> = {}
  const write: Write = (file, content) => {
    replaceFile(file, content)
    written[relative(root, file)] = digestOf(content)
  }
  const copy = (source: string, file: string): void => write(file, readFileSync(source))

  copy(join(root, 'src/domain/assistant/builtin-replies.json'), join(reference, 'assistant-replies.json'))
  copy(join(root, 'src/domain/accounts/common-passwords.txt'), join(reference, 'common-passwords.txt'))
  write(join(reference, 'phone-numbers.json'), Buffer.from(numberingPlansFile()))
  for (const contract of contracts) {
    write(join(reference, documentFile(contract.name)), Buffer.from(JSON.stringify(documentOf(contract, ORIGIN_PLACEHOLDER))))
  }
  const referenceOf = (contract: (typeof contracts)[number]) => contractReference(contract.name, documentOf(contract, ORIGIN_PLACEHOLDER))
  const [firstContract] = contracts
  if (!firstContract) throw new Error('there is no contract')
  const pages: Readonly<Record<StaticPage, ReturnType<typeof homePage>>> = {
    home: homePage(contracts),
    docs: docsPage(contracts, referenceOf(firstContract)),
    join: joinPage(contracts),
    console: consolePage({ hasChannel: true }),
    'console-without-channel': consolePage({ hasChannel: false }),
    support: supportPage,
    ...linkPages,
  }
  for (const [name, page] of Object.entries(pages)) write(join(reference, `pages/${name}.html`), Buffer.from(String(await page)))
  for (const contract of contracts) write(join(docsAssets, `${contract.name}.html`), Buffer.from(String(await referenceOf(contract))))
  copy(join(root, 'src/console/browser/icon.svg'), join(docsAssets, 'icon.svg'))
  write(join(docsAssets, 'asyncapi.json'), Buffer.from(JSON.stringify(createAsyncApi())))
  await bundle(write, 'src/site/browser', ['reference.ts', 'join.ts', 'site.css', 'reference.css'], docsAssets)
  await bundle(write, 'src/console/browser', ['console.ts', 'support.ts', 'push-worker.ts', 'console.css', 'support.css'], consoleAssets)
  await bundle(write, 'src/console/browser', ['conversation.ts', 'files.ts', 'support-parts.ts', 'passkeys.ts'], consoleAssets, 'esm')
  copy(join(root, 'src/console/browser/icon.svg'), join(consoleAssets, 'icon.svg'))
  write(join(assets, '_headers'), Buffer.from(HEADERS))
  return written
}
