/**
 * The Worker that the local runtime serves to `npm run move`: it executes what the command sends by HTTP, with the local bindings or
 * by the deployed Worker. It is read as a text, without its types, so it imports nothing.
 */

interface Statement {
  readonly sql: string
  readonly parameters: readonly (string | number | null)[]
}

/** `Operator` of src/durable/operator.ts. */
interface Deployed {
  batch(statements: readonly Statement[]): Promise<readonly (readonly unknown[])[]>
  putPicture(name: string, bytes: Uint8Array, type: string): Promise<void>
  formerNumbers(): Promise<unknown>
}

interface Bindings {
  readonly DB: D1Database
  readonly MEDIA: R2Bucket
  /** Of a deployed environment. Then there are no local bindings. */
  readonly OPERATOR?: Deployed
  /** Other programs of this machine can reach the address, too. */
  readonly SECRET: string
}

const local = ({ DB, MEDIA }: Bindings): Deployed => ({
  batch: async (statements) => {
    const results = await DB.batch(statements.map(({ sql, parameters }) => DB.prepare(sql).bind(...parameters)))
    return results.map(({ results: rows }) => rows)
  },
  putPicture: async (name, bytes, type) => {
    await MEDIA.put(name, bytes, { httpMetadata: { contentType: type } })
  },
  formerNumbers: async () => null,
})

const execute = async (request: Request<unknown>, target: Deployed): Promise<unknown> => {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname === '/batch') return target.batch(await request.json())
  if (pathname === '/former-numbers') return target.formerNumbers()
  const bytes = new Uint8Array(await request.arrayBuffer())
  await target.putPicture(searchParams.get('name') ?? '', bytes, request.headers.get('Content-Type') ?? '')
  return null
}

export default {
  fetch: async (request, bindings) => {
    if (request.headers.get('Authorization') !== bindings.SECRET) return new Response(null, { status: 404 })
    try {
      return Response.json(await execute(request, bindings.OPERATOR ?? local(bindings)))
    } catch (error) {
      return new Response(error instanceof Error ? error.message : String(error), { status: 500 })
    }
  },
} satisfies ExportedHandler<Bindings>
