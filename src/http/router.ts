import { type ParamIndexMap, type Result, type Router, UnsupportedPathError } from 'hono/router'

interface Leaf<T> {
  readonly handlers: [T, ParamIndexMap][]
  readonly pattern: string
}

interface Branch<T> {
  readonly literal: Map<string, Branch<T>>
  parameter: Branch<T> | null
  readonly methods: Map<string, Leaf<T>>
}

const branch = <T>(): Branch<T> => ({ literal: new Map(), parameter: null, methods: new Map() })

const NOTHING: never[] = []

/**
 * A router in which a literal segment always beats a parameter, whatever was registered first: `/api/users/me` is never
 * read as `/api/users/{id}`. Hono's own routers go by order of registration, and here five contracts share one root, so
 * no order would be right. Patterns are plain segments and `:parameters`; there are no wildcards, hence no middleware
 * that runs for somebody else's route.
 */
export class SegmentRouter<T> implements Router<T> {
  readonly name = 'SegmentRouter'
  readonly #root: Branch<T> = branch()

  add(method: string, pattern: string, handler: T): void {
    if (pattern.includes('*') || pattern.includes('{') || pattern.includes('?')) throw new UnsupportedPathError(pattern)
    let at = this.#root
    const names: string[] = []
    for (const segment of segmentsOf(pattern)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1))
        at.parameter ??= branch()
        at = at.parameter
      } else {
        const next = at.literal.get(segment) ?? branch()
        at.literal.set(segment, next)
        at = next
      }
    }
    const indexes = Object.fromEntries(names.map((name, index) => [name, index]))
    const leaf = at.methods.get(method) ?? { handlers: [], pattern }
    leaf.handlers.push([handler, indexes])
    at.methods.set(method, leaf)
  }

  match(method: string, path: string): Result<T> {
    const values: string[] = []
    const leaf = descend(this.#root, segmentsOf(path), 0, method, values)
    return [leaf?.handlers ?? NOTHING, values]
  }

  /** Every method that some pattern answers on this path, each once. */
  methodsOn(path: string): string[] {
    const methods = new Set<string>()
    collect(this.#root, segmentsOf(path), 0, methods)
    return [...methods]
  }
}

const segmentsOf = (path: string): string[] => (path === '/' ? NOTHING : path.slice(1).split('/'))

const descend = <T>(at: Branch<T>, segments: string[], depth: number, method: string, values: string[]): Leaf<T> | undefined => {
  const segment = segments[depth]
  if (segment === undefined) return at.methods.get(method)
  const literal = at.literal.get(segment)
  const found = literal && descend(literal, segments, depth + 1, method, values)
  if (found || !at.parameter || segment === '') return found
  values.push(segment)
  const leaf = descend(at.parameter, segments, depth + 1, method, values)
  if (!leaf) values.pop()
  return leaf
}

const collect = <T>(at: Branch<T>, segments: string[], depth: number, into: Set<string>): void => {
  const segment = segments[depth]
  if (segment === undefined) {
    for (const method of at.methods.keys()) into.add(method)
    return
  }
  const literal = at.literal.get(segment)
  if (literal) collect(literal, segments, depth + 1, into)
  if (at.parameter && segment !== '') collect(at.parameter, segments, depth + 1, into)
}
