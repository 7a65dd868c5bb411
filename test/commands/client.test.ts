import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'
import { contracts } from '../../src/app.ts'
import { documentOf } from '../../src/documents/index.ts'
import { run } from './run.ts'

/** The package packages/client, built as `npm run build:client` builds it. */

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'packages/client')

beforeAll(async () => {
  const { code, out } = await run('build:client', [])
  expect([code, out]).toEqual([0, ''])
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

  test('each function sends what the document says', async () => {
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

  test('nothing is loaded from another package', async () => {
    const { inputs } = await measure(
      ['.', ...contracts.map(({ name }) => `./${name}`)].map((path) => `export * from '@concord/client${path.slice(1)}'`).join(';'),
    )
    expect(inputs.length).toBeGreaterThan(15)
    expect(inputs.filter((path) => !/dist\/|<stdin>/.test(path))).toEqual([])
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined])
  })
})
