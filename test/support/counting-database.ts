interface Counts {
  /** How often the database was asked: a batch is one. */
  roundTrips: number
  statements: number
}

const ASKING = new Set<PropertyKey>(['all', 'first', 'raw', 'run'])

/** A database that counts what it is asked. */
export const countingDatabase = (database: D1Database): { readonly database: D1Database; readonly counts: Counts } => {
  const counts: Counts = { roundTrips: 0, statements: 0 }
  const originals = new WeakMap<object, D1PreparedStatement>()

  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') return (...values: unknown[]) => counted(target.bind(...values))
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || !ASKING.has(name)) return member
        return (...given: unknown[]) => {
          counts.roundTrips++
          counts.statements++
          return member.apply(target, given)
        }
      },
    })
    originals.set(proxy, statement)
    return proxy
  }

  const proxy = new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return (query: string) => counted(target.prepare(query))
      if (name === 'batch') {
        return (statements: D1PreparedStatement[]) => {
          counts.roundTrips++
          counts.statements += statements.length
          return target.batch(statements.map((statement) => originals.get(statement) ?? statement))
        }
      }
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  return { database: proxy, counts }
}
