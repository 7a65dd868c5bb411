import { createStore, type Store } from '../../../src/store/store.ts'

/** A place in a statement's parameters: a constant, or the name of what a request puts there. */
type Parameter = { readonly name: string } | { readonly constant: unknown }

interface Recorded {
  readonly statements: readonly { readonly prepared: D1PreparedStatement; readonly parameters: readonly Parameter[] }[]
  readonly isBatch: boolean
}

type Values = Readonly<Record<string, number | string | null>>

const nothing = () => ({ results: [], success: true, meta: { changes: 0 } })

/** What a store function would ask of the database, were it given these values; nothing is asked of it. */
const record = async (database: D1Database, named: Values, call: (store: Store) => Promise<unknown>): Promise<Recorded> => {
  const names = new Map(Object.entries(named).map(([name, value]) => [value, name]))
  const asked: { text: string; given: readonly unknown[] }[][] = []
  const known = new WeakMap<object, { text: string; given: readonly unknown[] }>()

  const statement = (text: string, given: readonly unknown[]): D1PreparedStatement => {
    const answer = (value: () => unknown) => async () => {
      asked.push([{ text, given }])
      return value()
    }
    const spy = new Proxy(database.prepare(text), {
      get: (_target, name) => {
        if (name === 'bind') return (...values: unknown[]) => statement(text, values)
        if (name === 'first') return answer(() => null)
        return answer(name === 'raw' ? () => [] : nothing)
      },
    })
    known.set(spy, { text, given })
    return spy
  }

  const spied = new Proxy(database, {
    get: (_target, name) => {
      if (name === 'prepare') return (text: string) => statement(text, [])
      return async (statements: readonly D1PreparedStatement[]) => {
        asked.push(statements.flatMap((one) => known.get(one) ?? []))
        return statements.map(nothing)
      }
    },
  })

  // Some take no rows for an answer; what they asked is known by then.
  await call(createStore(spied)).catch(() => undefined)
  const [first = []] = asked
  return {
    isBatch: first.length > 1,
    statements: first.map(({ text, given }) => ({
      prepared: database.prepare(text),
      parameters: given.map((value) => {
        const name = typeof value === 'number' || typeof value === 'string' ? names.get(value) : undefined
        return name === undefined ? { constant: value } : { name }
      }),
    })),
  }
}

/**
 * The same SQL as the program's, without the program: what one of its store functions sends is recorded once per isolate
 * and kept as prepared statements. `named` holds a value for each parameter that changes from request to request, by
 * which it is known again among the others. Rows come back as arrays, in the order of the columns.
 */
export const statementsOf = <V extends Values>(named: V, call: (store: Store, given: V) => Promise<unknown>) => {
  let recorded: Promise<Recorded> | undefined
  return async (database: D1Database, values: { readonly [K in keyof V]: V[K] | null }): Promise<readonly unknown[][][]> => {
    recorded ??= record(database, named, (store) => call(store, named))
    const { statements, isBatch } = await recorded
    const given: Values = values
    const bound = statements.map(({ prepared, parameters }) =>
      prepared.bind(...parameters.map((parameter) => ('name' in parameter ? given[parameter.name] : parameter.constant))),
    )
    const [only] = bound
    if (!isBatch && only) return [await only.raw()]
    const answers = await database.batch<Record<string, unknown>>(bound)
    return answers.map(({ results }) => results.map((row) => Object.values(row)))
  }
}
