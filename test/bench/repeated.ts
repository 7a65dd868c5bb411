/** A request to the Worker `own-code` is handled as often as this header says. */
export const REPEAT_HEADER = 'X-Repeat'

const EXECUTING: ReadonlySet<PropertyKey> = new Set(['all', 'first', 'raw', 'run'])

/** A database that executes the statements of a request once, and from then on returns what they returned. */
export const replayedDatabase = (database: D1Database): D1Database => {
  const results = new Map<string, Promise<unknown>>()
  const originals = new WeakMap<D1PreparedStatement, { readonly statement: D1PreparedStatement; readonly text: string }>()
  const once = (key: string, execute: () => Promise<unknown>): Promise<unknown> => {
    const result = results.get(key) ?? execute()
    results.set(key, result)
    return result
  }

  const replayed = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') return (...values: unknown[]) => replayed(target.bind(...values), text)
        const member = Reflect.get(target, name)
        if (!EXECUTING.has(name)) return member
        return (...args: unknown[]) => once(`${String(name)} ${text}`, () => member.apply(target, args))
      },
    })
    originals.set(proxy, { statement, text })
    return proxy
  }

  return new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return (text: string) => replayed(target.prepare(text), text)
      if (name !== 'batch') return Reflect.get(target, name)
      return (statements: readonly D1PreparedStatement[]) => {
        const batch = statements.flatMap((statement) => originals.get(statement) ?? [])
        return once(batch.map(({ text }) => text).join(';'), () => target.batch(batch.map(({ statement }) => statement)))
      }
    },
  })
}
