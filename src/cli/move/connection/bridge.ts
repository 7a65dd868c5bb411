/**
 * The Worker that the local runtime serves to `npm run move`: it executes what the command sends by HTTP, with the local bindings or
 * by the deployed Worker. It is read as a text, without its types, so it imports nothing.
 */

interface Statement {
  readonly sql: string
  readonly parameters: readonly (string | number | null)[]
}

/** The entrypoint of the running Worker (src/durable/operator.ts). */
interface Operator {
  batch(statements: readonly Statement[]): Promise<D1Result[]>
  putPicture(name: string, bytes: Uint8Array, type: string): Promise<void>
  readonly [method: string]: (...parameters: never[]) => Promise<unknown>
}

interface Bindings {
  /** The local ones. Without them, the deployed Worker executes the statements and stores the pictures. */
  readonly DB?: D1Database
  readonly MEDIA?: R2Bucket
  readonly OPERATOR: Operator
  /** Other programs of this machine can reach the address, too. */
  readonly SECRET: string
}

/** The same as `Operator` does. */
const batch = (database: D1Database, statements: readonly Statement[]): Promise<D1Result[]> =>
  database.batch(statements.map(({ sql, parameters }) => database.prepare(sql).bind(...parameters)))

const execute = async (request: Request<unknown>, { DB, MEDIA, OPERATOR }: Bindings): Promise<unknown> => {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname === '/batch') {
    const statements: readonly Statement[] = await request.json()
    const results = await (DB ? batch(DB, statements) : OPERATOR.batch(statements))
    return results.map(({ results: rows }) => rows)
  }
  if (pathname === '/call') {
    const { method, parameters }: { method: string; parameters: never[] } = await request.json()
    return OPERATOR[method]?.(...parameters)
  }
  const [name, contentType] = [searchParams.get('name') ?? '', request.headers.get('Content-Type') ?? '']
  const bytes = new Uint8Array(await request.arrayBuffer())
  await (MEDIA ? MEDIA.put(name, bytes, { httpMetadata: { contentType } }) : OPERATOR.putPicture(name, bytes, contentType))
  return null
}

export default {
  fetch: async (request, bindings) => {
    if (request.headers.get('Authorization') !== bindings.SECRET) return new Response(null, { status: 404 })
    try {
      return Response.json((await execute(request, bindings)) ?? null)
    } catch (error) {
      return new Response(error instanceof Error ? error.message : String(error), { status: 500 })
    }
  },
} satisfies ExportedHandler<Bindings>
