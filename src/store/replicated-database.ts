import type { ReadPoint } from '../model/read-gate.ts'

/** Also true for a text that contains one of the words. Then the primary is asked, which is never wrong. */
const mayWrite = ({ sql }: Recorded): boolean => /\b(?:insert|update|delete|replace)\b/i.test(sql)

interface Recorded {
  readonly statement: D1PreparedStatement
  readonly sql: string
  readonly values: readonly unknown[]
}

type D1Session = Pick<D1Database, 'batch'>

interface Requests {
  /** Undefined outside of a request. */
  readPoint(): ReadPoint | undefined
  leave(): Promise<void>
  /** Gives up a replica that does not contain the bookmark soon. */
  inTime<T>(trip: Promise<T>): Promise<T>
}

/**
 * The same database, whose reads go to the nearest replica if the request has a bookmark. Each trip has a session of its own: in the
 * session of a write, D1 would send the next read to a replica, and it would wait there until the write has arrived.
 * https://developers.cloudflare.com/d1/best-practices/read-replication/
 */
export const replicatedDatabase = (database: D1Database, requests: Requests): D1Database => {
  const recorded = new WeakMap<D1PreparedStatement, Recorded>()

  const send = async (statements: readonly Recorded[], run: (statements: D1PreparedStatement[], target: D1Session) => unknown) => {
    const point = requests.readPoint()
    if (!point)
      return run(
        statements.map(({ statement }) => statement),
        database,
      )
    const isWrite = statements.some(mayWrite)
    const tripFrom = async (start: string): Promise<unknown> => {
      const session = database.withSession(start)
      const result = await run(
        statements.map(({ sql, values }) => session.prepare(sql).bind(...values)),
        session,
      )
      const bookmark = session.getBookmark()
      if (bookmark !== null && (point.seen === null || bookmark > point.seen)) point.seen = bookmark
      if (isWrite) point.hasWritten = true
      if (point.isAnswered && !isWrite) await requests.leave()
      return result
    }
    if (!isWrite && point.from !== null) {
      const start = point.seen ?? point.from
      try {
        return await requests.inTime(tripFrom(start))
      } catch {
        // Too late, or the check of the caller has failed: a credential may be newer than the replica. The primary decides.
        point.from = null
      }
    }
    return tripFrom('first-primary')
  }

  const routed = (statement: D1PreparedStatement, sql: string, values: readonly unknown[]): D1PreparedStatement => {
    const own = { statement, sql, values }
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') return (...next: unknown[]) => routed(target.bind(...next), sql, next)
        if (typeof Reflect.get(target, name) !== 'function') return undefined
        return (...args: unknown[]) => send([own], ([only]) => only && Reflect.get(only, name).apply(only, args))
      },
    })
    recorded.set(proxy, own)
    return proxy
  }

  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return (sql: string) => routed(target.prepare(sql), sql, [])
      if (name === 'batch') {
        return (statements: D1PreparedStatement[]) =>
          send(
            statements.flatMap((statement) => recorded.get(statement) ?? []),
            (prepared, session) => session.batch(prepared),
          )
      }
      throw new Error(`not possible with replicas: ${String(name)}`)
    },
  })
}
