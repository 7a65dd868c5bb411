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
    const leaf = descend(this.#root, segmentsOf(path), 0, values)?.get(method)
    return [leaf?.handlers ?? NOTHING, values]
  }

  /** Every method that the pattern of this path answers. */
  methodsOn(path: string): string[] {
    return [...(descend(this.#root, segmentsOf(path), 0, [])?.keys() ?? [])]
  }
}

const segmentsOf = (path: string): string[] => (path === '/' ? NOTHING : path.slice(1).split('/'))

/**
 * The methods of the pattern that owns this path. A literal owns it whatever the method: `GET /api/v1/user/login` is the
 * wrong method on that path, and not the person whose id is "login".
 */
const descend = <T>(at: Branch<T>, segments: string[], depth: number, values: string[]): Branch<T>['methods'] | undefined => {
  const segment = segments[depth]
  if (segment === undefined) return at.methods.size > 0 ? at.methods : undefined
  const literal = at.literal.get(segment)
  const found = literal && descend(literal, segments, depth + 1, values)
  if (found || !at.parameter || segment === '') return found
  values.push(segment)
  const methods = descend(at.parameter, segments, depth + 1, values)
  if (!methods) values.pop()
  return methods
}
