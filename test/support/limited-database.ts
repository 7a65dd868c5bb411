import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * D1 as it is in production. The local one enforces only some of the limits, so that a statement of a size that production
 * stops passes here. https://developers.cloudflare.com/d1/platform/limits/ has the numbers (the statements of a batch count one
 * by one), and https://developers.cloudflare.com/workers/platform/limits/ those of an invocation. CPU time is left out: the clock
 * of the local runtime stands still during a statement.
 */
export const D1_LIMITS = {
  parameters: 100,
  statementBytes: 100_000,
  /** Of one value, and of one row: all parameters of a statement together are at least as large as the row that it writes. */
  valueBytes: 2_000_000,
  /**
   * There is no documented number: a statement is stopped by its CPU time and memory, at some hundred thousand rows. The project
   * works in chunks of 1,000 (docs/storage.md), so a statement that changes more rows is one that grows with the number of people.
   */
  changedRows: 1000,
  /** In one request or one run of a cron. */
  queries: 1000,
  /** At the same time in one request or run. More would wait for each other. */
  connections: 6,
} as const

export class D1LimitError extends Error {
  readonly limit: keyof typeof D1_LIMITS
  constructor(limit: keyof typeof D1_LIMITS, value: number, sql: string) {
    super(`D1 limit: ${value} ${limit} instead of at most ${D1_LIMITS[limit]}: ${sql.slice(0, 200)}`)
    this.limit = limit
  }
}

const requireWithin = (limit: keyof typeof D1_LIMITS, value: number, sql: string): void => {
  if (value > D1_LIMITS[limit]) throw new D1LimitError(limit, value, sql)
}

interface Invocation {
  queries: number
  connections: number
}

const invocations = new AsyncLocalStorage<Invocation>()

/** Runs one request or one run of a cron, whose queries are counted together. */
export const asInvocation = <T>(work: () => T): T => invocations.run({ queries: 0, connections: 0 }, work)

const encoder = new TextEncoder()

const bytesOf = (value: unknown): number => {
  if (typeof value === 'string')
    return value.length * 3 <= D1_LIMITS.valueBytes / D1_LIMITS.parameters ? value.length : encoder.encode(value).length
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? value.byteLength : 8
}

/** Counts the queries of the invocation, and the connection that they use together. */
const connected = async <T>(queries: number, sql: string, run: () => Promise<T>): Promise<T> => {
  const invocation = invocations.getStore()
  if (!invocation) return run()
  invocation.queries += queries
  requireWithin('queries', invocation.queries, sql)
  invocation.connections++
  try {
    requireWithin('connections', invocation.connections, sql)
    return await run()
  } finally {
    invocation.connections--
  }
}

const requireFewChanges = ({ meta }: D1Result<unknown>, sql: string): void => requireWithin('changedRows', meta.changes, sql)

const isWrite = (sql: string): boolean => /\b(insert|update|delete)\b/i.test(sql)

/** A database that fails where D1 would fail in production. */
export const limitedDatabase = (database: D1Database): D1Database => {
  const originals = new WeakMap<D1PreparedStatement, { readonly statement: D1PreparedStatement; readonly sql: string }>()

  const limited = (statement: D1PreparedStatement, sql: string): D1PreparedStatement => {
    const all = () =>
      connected(1, sql, async () => {
        const result = await statement.all<Record<string, unknown>>()
        requireFewChanges(result, sql)
        return result
      })
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') {
          return (...values: unknown[]) => {
            requireWithin('parameters', values.length, sql)
            requireWithin(
              'valueBytes',
              values.reduce<number>((sum, value) => sum + bytesOf(value), 0),
              sql,
            )
            return limited(target.bind(...values), sql)
          }
        }
        if (name === 'all' || name === 'run') return all
        // `raw` does not say how many rows were changed. The columns of RETURNING have different names.
        if (name === 'raw' && isWrite(sql)) return async () => (await all()).results.map((row) => Object.values(row))
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => connected(1, sql, () => member.apply(target, args))
      },
    })
    originals.set(proxy, { statement, sql })
    return proxy
  }

  const batch = async <T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> => {
    const queries = statements.map((statement) => originals.get(statement) ?? { statement, sql: '' })
    const results = await connected(queries.length, queries[0]?.sql ?? '', () =>
      database.batch<T>(queries.map(({ statement }) => statement)),
    )
    for (const [index, result] of results.entries()) requireFewChanges(result, queries[index]?.sql ?? '')
    return results
  }

  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') {
        return (sql: string) => {
          requireWithin('statementBytes', encoder.encode(sql).length, sql)
          return limited(target.prepare(sql), sql)
        }
      }
      if (name === 'batch') return batch
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
