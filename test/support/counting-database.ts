interface Counts {
  /** Calls to the database. A batch counts as one. */
  roundTrips: number
  statements: number
}

const EXECUTING_METHODS = new Set<PropertyKey>(['all', 'first', 'raw', 'run'])

interface CountingDatabase {
  readonly database: D1Database
  readonly counts: Counts
  /** The SQL of the statements that were executed. */
  readonly executed: readonly string[]
}

/** A database that counts its calls and statements. */
export const countingDatabase = (database: D1Database): CountingDatabase => {
  const counts: Counts = { roundTrips: 0, statements: 0 }
  const originals = new WeakMap<object, { readonly statement: D1PreparedStatement; readonly query: string }>()
  const executed: string[] = []

  const counting = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') return (...values: unknown[]) => counting(target.bind(...values), query)
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || !EXECUTING_METHODS.has(name)) return member
        return (...args: unknown[]) => {
          counts.roundTrips++
          counts.statements++
          executed.push(query)
          return member.apply(target, args)
        }
      },
    })
    originals.set(proxy, { statement, query })
    return proxy
  }

  const proxy = new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return (query: string) => counting(target.prepare(query), query)
      if (name === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          counts.roundTrips++
          counts.statements += statements.length
          return target.batch(
            statements.map((statement) => {
              const original = originals.get(statement)
              executed.push(original?.query ?? '')
              return original?.statement ?? statement
            }),
          )
        }
      }
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return { database: proxy, counts, executed }
}
