import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { join } from 'node:path'
import { contracts } from '../app.ts'
import { documentOf } from '../documents/index.ts'
import { clientDocument } from './client-document.ts'
import { root } from './wrangler.ts'

/**
 * `npm run build:client`: generates the functions and types of packages/client from the OpenAPI documents, and compiles the
 * package. Nothing of it is checked in, so the client cannot differ from the documents.
 */

const client = join(root, 'packages/client')
const generated = join(client, 'src/generated')
const runtime = join(generated, 'runtime')

/**
 * The generator uses the JavaScript API of TypeScript, which TypeScript 7 does not have. It is loaded with `require`: an `import` would
 * also parse its 9 MB for the names of its exports.
 */
const typescript = `import { createRequire } from 'node:module'
export default createRequire(${JSON.stringify(import.meta.url)})('typescript-6')`
const typescriptUrl = `data:text/javascript,${encodeURIComponent(typescript)}`
registerHooks({ resolve: (specifier, context, next) => next(specifier === 'typescript' ? typescriptUrl : specifier, context) })
const { createClient: generate } = await import('@hey-api/openapi-ts')

/** The module with the type of files, from a contract's folder. */
const UPLOADS = '../../files.ts'

const contentOf = (folder: string): string =>
  JSON.stringify(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  )

/**
 * Connects a contract to our code: all contracts use one copy of what sends requests, so that an app which uses two of them does
 * not carry it twice, and files have a type that includes those of React Native.
 */
const connect = (folder: string): void => {
  for (const part of ['client', 'core']) {
    const [own, shared] = [join(folder, part), join(runtime, part)]
    if (existsSync(shared) && contentOf(own) !== contentOf(shared)) throw new Error(`${own} differs from that of another contract`)
    rmSync(shared, { recursive: true, force: true })
    renameSync(own, shared)
  }
  const functions = join(folder, 'sdk.gen.ts')
  const text = readFileSync(functions, 'utf8')
  if (!text.includes("'./client/index.ts'")) throw new Error(`${functions} does not import the runtime`)
  writeFileSync(functions, text.replace("'./client/index.ts'", "'../../runtime.ts'"))
  const types = join(folder, 'types.gen.ts')
  const declarations = readFileSync(types, 'utf8').replaceAll('Blob | File', 'Upload')
  if (declarations.includes('Upload')) writeFileSync(types, `import type { Upload } from '${UPLOADS}'\n${declarations}`)
  rmSync(join(folder, 'client.gen.ts')) // one client for all callers; ours is passed to each function
}

rmSync(generated, { recursive: true, force: true })
mkdirSync(runtime, { recursive: true })
for (const contract of contracts) {
  const path = join(generated, contract.name)
  await generate({
    input: clientDocument(documentOf(contract, 'https://concord.example')),
    output: { path, importFileExtension: '.ts', postProcess: [] },
    plugins: ['@hey-api/typescript', { name: '@hey-api/sdk', client: false }, '@hey-api/client-fetch'],
    logs: { level: 'silent' },
  })
  connect(path)
}

rmSync(join(client, 'dist'), { recursive: true, force: true })
const compiler = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', client], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
