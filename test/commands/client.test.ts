import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { contracts } from '../../src/app.ts'
import { documentOf } from '../../src/documents/index.ts'
import { fencedBlocks } from '../docs/markdown.ts'
import { run } from './run.ts'
import { sharedServer } from './shared.ts'

/** The package packages/client, built as `npm run build:client` builds it. */

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'packages/client')

let origin: string

beforeAll(async () => {
  const [{ code, out }, address] = await Promise.all([run('build:client', []), sharedServer()])
  origin = address
  expect([code, out]).toEqual([0, ''])
})

/** Runs a program in a Node of its own, so that Node itself resolves the package. */
const runNode = (args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: root })
    let out = ''
    child.stdout.on('data', (chunk) => (out += chunk))
    child.stderr.on('data', (chunk) => (out += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out }))
  })

const compiler = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
const scenarios = join(folder, 'scenarios')

describe('against the running server', () => {
  test('the scenarios compile strictly, with the types of the package', async () => {
    expect(await runNode([compiler, '-p', scenarios])).toEqual({ code: 0, out: '' })
  })

  test.concurrent.each([...contracts.map(({ name }) => name), 'chat'])('a whole scenario of %s', async (name) => {
    expect(await runNode([join(scenarios, `${name}.ts`), origin])).toEqual({ code: 0, out: '' })
  })
})

describe("the examples in the package's README and in the project's", () => {
  const examples = ['packages/client/README.md', 'README.md']
    .flatMap((path) => fencedBlocks(readFileSync(join(root, path), 'utf8')))
    .filter((text) => text.includes("from '@concord/client"))
  const written = join(folder, 'dist/examples')

  /** Where the client works, as TypeScript sees it. */
  const ENVIRONMENTS = {
    browsers: { lib: ['es2022', 'dom', 'dom.iterable'], types: [] },
    Node: { lib: ['es2022'], types: ['node'] },
    Workers: { lib: ['es2022'], types: ['@cloudflare/workers-types'] },
  }

  const compile = async (name: string, texts: readonly string[], compilerOptions: object) => {
    const place = join(written, name)
    rmSync(place, { recursive: true, force: true })
    mkdirSync(place, { recursive: true })
    for (const [index, text] of texts.entries()) writeFileSync(join(place, `${index}.ts`), text)
    writeFileSync(
      join(place, 'tsconfig.json'),
      JSON.stringify({ extends: join(scenarios, 'tsconfig.json'), compilerOptions, include: ['.'] }),
    )
    return runNode([compiler, '-p', place])
  }

  test('there is one for each contract, and for the chat', () => {
    for (const name of [...contracts.map((contract) => contract.name), 'chat'])
      expect(examples.filter((text) => text.includes(`'@concord/client/${name}'`)).length).toBeGreaterThan(0)
  })

  test.each(Object.entries(ENVIRONMENTS))('compile with the types of %s', async (name, options) => {
    expect(await compile(name, examples, options)).toEqual({ code: 0, out: '' })
  })

  test('what the package does not have does not compile', async () => {
    const wrong = examples.map((text) => text.replace('createClient({ baseUrl', 'createClient({ basUrl'))
    expect((await compile('wrong', wrong, ENVIRONMENTS.browsers)).out).toContain("'basUrl' does not exist")
  })
})

test('a file of React Native is passed to its FormData as it is; without one, the body is JSON', async () => {
  const { formDataBodySerializer } = await import(join(folder, 'dist/files.js'))
  const appended: unknown[] = []
  vi.stubGlobal(
    'FormData',
    class {
      append(...entry: unknown[]): void {
        appended.push(entry)
      }
    },
  )
  const file = { uri: 'file:///portrait.jpg', name: 'portrait.jpg', type: 'image/jpeg' }
  formDataBodySerializer.bodySerializer({ Profile_img: file, Height: 165, Weight: null, Bio: undefined, Caste: 'Nair' })
  vi.unstubAllGlobals()
  expect(appended).toEqual([
    ['Profile_img', file],
    ['Height', '165'],
    ['Weight', ''],
    ['Caste', 'Nair'],
  ])
  const json: Blob = formDataBodySerializer.bodySerializer({ Height: 165, Weight: null })
  expect([json.type, await json.text()]).toEqual(['application/json', '{"Height":165,"Weight":null}'])
})

test('the session token is found among other cookies, and only there', async () => {
  const { sessionTokenOf } = await import(join(folder, 'dist/index.js'))
  const headers = new Headers([
    ['Set-Cookie', 'other_sessionid=a; Path=/; Expires=Tue, 01 Dec 2026 00:00:00 GMT'],
    ['Set-Cookie', 'sessionid=b.c-d; Path=/; HttpOnly'],
  ])
  expect(sessionTokenOf(new Response(null, { headers }))).toBe('b.c-d')
  headers.delete('Set-Cookie')
  expect([sessionTokenOf(new Response(null, { headers })), sessionTokenOf(undefined)]).toEqual([null, null])
  headers.set('Set-Cookie', 'sessionid=; Max-Age=0')
  expect(sessionTokenOf(new Response(null, { headers }))).toBe(null)
})

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, unknown>>
  readonly security: readonly Readonly<Record<string, unknown>>[]
}

describe.each(contracts.map((contract) => [contract.name, contract] as const))('%s', (name, contract) => {
  const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
    JSON.stringify(documentOf(contract, 'https://concord.example')),
  )
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => !('101' in operation.responses))
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
  )
  const importDist = (file: string) => import(join(folder, 'dist', file))

  test('has a function for each operation of the document, and no others', async () => {
    const functions = Object.keys(await importDist(`generated/${name}/index.js`))
    expect(functions.sort()).toEqual(operations.map(({ operationId }) => operationId).sort())
  })

  test('each function sends what the document describes', async () => {
    const functions = await importDist(`generated/${name}/index.js`)
    const { createClient } = await importDist('index.js')
    const sent: Request[] = []
    const fetch = async (request: Request): Promise<Response> => {
      sent.push(request)
      return Response.json({})
    }
    const client = createClient({ baseUrl: 'https://concord.example/', token: 'a-token', fetch })
    for (const { operationId, parameters = [], requestBody } of operations) {
      const path = Object.fromEntries(parameters.filter((parameter) => parameter.in === 'path').map((parameter) => [parameter.name, '7']))
      await functions[operationId]({ client, path, ...(requestBody !== undefined && { body: { a: 1 } }) })
    }
    const outlines = sent.map(({ method, url, headers }) => [method, url, headers.get('Authorization'), headers.get('Content-Type')])
    expect(outlines).toEqual(
      operations.map(({ method, path, requestBody, security }) => [
        method,
        `https://concord.example${path.replaceAll(/\{\w+\}/g, '7')}`,
        security.some((scheme) => 'bearer' in scheme) ? 'Bearer a-token' : null,
        requestBody === undefined ? null : 'application/json',
      ]),
    )
    for (const [index, { requestBody }] of operations.entries())
      if (requestBody !== undefined) expect(await sent[index]?.text()).toBe('{"a":1}')
  })
})

describe('the size', () => {
  /** What an app carries that is built with esbuild. */
  const measure = async (contents: string) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: folder },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'neutral',
      write: false,
      metafile: true,
    })
    const [output] = outputFiles
    return { gzipKib: gzipSync(output?.contents ?? '').length / 1024, inputs: Object.keys(metafile.inputs) }
  }
  const ONE_FUNCTION = `export { createClient } from '@concord/client'; export { listPlans } from '@concord/client/meetups'`

  test('the client and one function are less than 4.5 KiB, a second contract adds almost nothing', async () => {
    const one = await measure(ONE_FUNCTION)
    expect(one.gzipKib).toBeGreaterThan(1)
    expect(one.gzipKib).toBeLessThan(4.5)
    const two = await measure(`${ONE_FUNCTION}; export { logIn } from '@concord/client/facility'`)
    expect(two.gzipKib).toBeGreaterThan(one.gzipKib)
    expect(two.gzipKib).toBeLessThan(one.gzipKib + 0.2)
  })

  test('a function without the client is less than 0.3 KiB', async () => {
    expect((await measure(`export { listPlans } from '@concord/client/meetups'`)).gzipKib).toBeLessThan(0.3)
  })

  test('the chat is less than 5 KiB; a call for help without it less than 2 KiB', async () => {
    const chat = await measure(`export { connectChat } from '@concord/client/chat'`)
    expect(chat.gzipKib).toBeGreaterThan(1)
    expect(chat.gzipKib).toBeLessThan(5)
    expect((await measure(`export { createHelpCall } from '@concord/client/chat'`)).gzipKib).toBeLessThan(2)
  })

  test('nothing is loaded from another package', async () => {
    const { inputs } = await measure(
      ['.', './chat', ...contracts.map(({ name }) => `./${name}`)]
        .map((path) => `export * from '@concord/client${path.slice(1)}'`)
        .join(';'),
    )
    expect(inputs.length).toBeGreaterThan(15)
    expect(inputs.filter((path) => !/dist\/|<stdin>/.test(path))).toEqual([])
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined])
  })
})
