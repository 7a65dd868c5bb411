/** Called after each call of D1, also one that failed. The region is null if D1 did not report it: `raw` returns only rows. */
type OnTrip = (ms: number, region: string | null) => void

const ORIGINAL = Symbol('original')

const regionOf = (result: unknown): string | null => {
  const [first] = Array.isArray(result) ? result : [result]
  const region: unknown = Object(Object(first).meta).served_by_region
  return typeof region === 'string' ? region : null
}

/** The same database, which reports its calls. In production the clock only advances during I/O, so the time is that of D1. */
export const measuredDatabase = (database: D1Database, onTrip: OnTrip): D1Database => {
  const trip = async (call: () => unknown): Promise<unknown> => {
    const startedAt = Date.now()
    let result: unknown
    try {
      result = await call()
      return result
    } finally {
      onTrip(Date.now() - startedAt, regionOf(result))
    }
  }

  const measuredStatement = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get: (target, name) => {
        if (name === ORIGINAL) return target
        if (name === 'bind') return (...values: unknown[]) => measuredStatement(target.bind(...values))
        const member: unknown = Reflect.get(target, name)
        return typeof member === 'function' ? (...args: unknown[]) => trip(() => member.apply(target, args)) : member
      },
    })

  const original = (statement: D1PreparedStatement): D1PreparedStatement => Reflect.get(statement, ORIGINAL) ?? statement

  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return (query: string) => measuredStatement(target.prepare(query))
      if (name === 'batch') return (statements: D1PreparedStatement[]) => trip(() => target.batch(statements.map(original)))
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
