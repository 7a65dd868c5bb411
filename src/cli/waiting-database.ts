import { CliError } from './cli-error.ts'

/**
 * A local database is a file, and only one process at a time may write to it. The runtime does not wait for another process: a
 * statement that finds the file locked fails at once. That happens to any command while the server is running, even to a
 * query, because the runtime also locks the file to get the bookmark of a query's session.
 */

const MAX_WAIT_MS = 15_000
const REPORT_AFTER_MS = 1000
const RETRY_MS = 20

/** Both errors end the statement's transaction, so nothing of it is applied and it can be repeated. */
const isBusy = (error: unknown): boolean => /SQLITE_BUSY|Failed to get session commit token/.test(String(error))

const EXECUTING_METHODS = new Set<PropertyKey>(['all', 'first', 'raw', 'run'])

interface Waiting {
  readonly maxWaitMs?: number
  readonly report?: (line: string) => void
}

/** The same database, whose statements and batches are repeated while another process has locked it. */
export const waitingDatabase = (database: D1Database, { maxWaitMs = MAX_WAIT_MS, report = console.error }: Waiting = {}): D1Database => {
  const whenFree = async (execute: () => unknown): Promise<unknown> => {
    const startedAt = performance.now()
    let isReported = false
    for (;;) {
      try {
        return await execute()
      } catch (error) {
        if (!isBusy(error)) throw error
      }
      const waitedMs = performance.now() - startedAt
      if (waitedMs > maxWaitMs) {
        throw new CliError('The database is still busy: another process, probably the server, is writing to it. Try again later.')
      }
      if (waitedMs > REPORT_AFTER_MS && !isReported) {
        report('The database is busy: waiting …')
        isReported = true
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  const originals = new WeakMap<object, D1PreparedStatement>()
  const waitingStatement = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') return (...values: unknown[]) => waitingStatement(target.bind(...values))
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) =>
          EXECUTING_METHODS.has(name) ? whenFree(() => member.apply(target, args)) : member.apply(target, args)
      },
    })
    originals.set(proxy, statement)
    return proxy
  }

  // Each call of wrangler's proxy blocks this process until the runtime responds, so a statement is prepared only once.
  const prepared = new Map<string, D1PreparedStatement>()
  const prepare = (query: string): D1PreparedStatement => {
    const statement = prepared.get(query) ?? database.prepare(query)
    prepared.set(query, statement)
    return waitingStatement(statement)
  }

  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return prepare
      if (name === 'batch') {
        return (statements: D1PreparedStatement[]) =>
          whenFree(() => target.batch(statements.map((statement) => originals.get(statement) ?? statement)))
      }
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
