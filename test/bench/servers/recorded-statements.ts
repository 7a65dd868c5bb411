import { createStore, type Store } from '../../../src/store/store.ts'

/** One parameter of a statement: a constant, or the name of the value that a request provides. */
type Parameter = { readonly name: string } | { readonly constant: unknown }

interface Recording {
  readonly statements: readonly { readonly prepared: D1PreparedStatement; readonly parameters: readonly Parameter[] }[]
  readonly isBatch: boolean
}

type Values = Readonly<Record<string, number | string | null>>

const emptyResult = () => ({ results: [], success: true, meta: { changes: 0 } })

/** Records the statements that a store function sends for these values. Nothing is sent to the database. */
const record = async (database: D1Database, markers: Values, call: (store: Store) => Promise<unknown>): Promise<Recording> => {
  const names = new Map(Object.entries(markers).map(([name, value]) => [value, name]))
  const queries: { text: string; values: readonly unknown[] }[][] = []
  const recorded = new WeakMap<object, { text: string; values: readonly unknown[] }>()

  const statement = (text: string, values: readonly unknown[]): D1PreparedStatement => {
    const respond = (result: () => unknown) => async () => {
      queries.push([{ text, values }])
      return result()
    }
    const spy = new Proxy(database.prepare(text), {
      get: (_target, name) => {
        if (name === 'bind') return (...bound: unknown[]) => statement(text, bound)
        if (name === 'first') return respond(() => null)
        return respond(name === 'raw' ? () => [] : emptyResult)
      },
    })
    recorded.set(spy, { text, values })
    return spy
  }

  const recordingDatabase = new Proxy(database, {
    get: (_target, name) => {
      if (name === 'prepare') return (text: string) => statement(text, [])
      return async (statements: readonly D1PreparedStatement[]) => {
        queries.push(statements.flatMap((one) => recorded.get(one) ?? []))
        return statements.map(emptyResult)
      }
    },
  })

  // Some store functions fail without rows. By then their statements are recorded.
  await call(createStore(recordingDatabase)).catch(() => undefined)
  const [first = []] = queries
  return {
    isBatch: first.length > 1,
    statements: first.map(({ text, values }) => ({
      prepared: database.prepare(text),
      parameters: values.map((value) => {
        const name = typeof value === 'number' || typeof value === 'string' ? names.get(value) : undefined
        return name === undefined ? { constant: value } : { name }
      }),
    })),
  }
}

/**
 * Concord's SQL without Concord's code: the statements of a store function are recorded once per isolate and kept as prepared
 * statements. `markers` holds a unique value for each parameter that changes from request to request; the recording finds the
 * parameter by this value. Rows are returned as arrays, in the order of the columns.
 */
export const statementsOf = <V extends Values>(markers: V, call: (store: Store, markers: V) => Promise<unknown>) => {
  let recording: Promise<Recording> | undefined
  return async (database: D1Database, values: { readonly [K in keyof V]: V[K] | null }): Promise<readonly unknown[][][]> => {
    recording ??= record(database, markers, (store) => call(store, markers))
    const { statements, isBatch } = await recording
    const provided: Values = values
    const bound = statements.map(({ prepared, parameters }) =>
      prepared.bind(...parameters.map((parameter) => ('name' in parameter ? provided[parameter.name] : parameter.constant))),
    )
    const [only] = bound
    if (!isBatch && only) return [await only.raw()]
    const results = await database.batch<Record<string, unknown>>(bound)
    return results.map(({ results }) => results.map((row) => Object.values(row)))
  }
}
