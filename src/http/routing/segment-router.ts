import { type ParamIndexMap, type Result, type Router, UnsupportedPathError } from 'hono/router'
import { getPath } from 'hono/utils/url'

interface Leaf<T> {
  readonly handlers: [T, ParamIndexMap][]
  readonly pattern: string
}

interface Branch<T> {
  readonly literals: Map<string, Branch<T>>
  parameter: Branch<T> | null
  readonly methods: Map<string, Leaf<T>>
}

const createBranch = <T>(): Branch<T> => ({ literals: new Map(), parameter: null, methods: new Map() })

const EMPTY: never[] = []

/**
 * A router in which a literal segment always wins over a parameter, in any order of registration: `/api/users/me` never
 * matches `/api/users/{id}`. Hono's own routers match in order of registration. Here five contracts share one root, so no
 * order would be right. Patterns consist of plain segments and `:parameters`. Wildcards are not supported, so there is no
 * middleware that runs for another contract's route.
 */
export class SegmentRouter<T> implements Router<T> {
  readonly name = 'SegmentRouter'
  readonly #root: Branch<T> = createBranch()

  add(method: string, pattern: string, handler: T): void {
    if (pattern.includes('*') || pattern.includes('{') || pattern.includes('?')) throw new UnsupportedPathError(pattern)
    let branch = this.#root
    const names: string[] = []
    for (const segment of segmentsOf(pattern)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1))
        branch.parameter ??= createBranch()
        branch = branch.parameter
      } else {
        const next = branch.literals.get(segment) ?? createBranch()
        branch.literals.set(segment, next)
        branch = next
      }
    }
    const indexes = Object.fromEntries(names.map((name, index) => [name, index]))
    const leaf = branch.methods.get(method) ?? { handlers: [], pattern }
    leaf.handlers.push([handler, indexes])
    branch.methods.set(method, leaf)
  }

  match(method: string, path: string): Result<T> {
    const values: string[] = []
    const leaf = descend(this.#root, segmentsOf(path), 0, values)?.get(method)
    return [leaf?.handlers ?? EMPTY, values]
  }

  /** The methods that are registered for this path, each with its pattern. */
  patternsByMethod(path: string): Map<string, string> {
    const methods = descend(this.#root, segmentsOf(path), 0, []) ?? new Map<string, Leaf<T>>()
    return new Map([...methods].map(([method, { pattern }]) => [method, pattern]))
  }
}

const segmentsOf = (path: string): string[] => (path === '/' ? EMPTY : path.slice(1).split('/'))

/**
 * The methods of the pattern that matches this path. A literal wins for every method: `GET /api/v1/user/login` is the
 * wrong method on that path, and not the user with the id "login".
 */
const descend = <T>(branch: Branch<T>, segments: string[], depth: number, values: string[]): Branch<T>['methods'] | undefined => {
  const segment = segments[depth]
  if (segment === undefined) return branch.methods.size > 0 ? branch.methods : undefined
  const literal = branch.literals.get(segment)
  const found = literal && descend(literal, segments, depth + 1, values)
  if (found || !branch.parameter || segment === '') return found
  values.push(segment)
  const methods = descend(branch.parameter, segments, depth + 1, values)
  if (!methods) values.pop()
  return methods
}

/** `/session/` and `/session` are the same path. Routes are written as the documents spell them and matched without the slash. */
export const withoutSlash = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

export const pathOf = (request: Request): string => withoutSlash(getPath(request))

/** Converts `/session/{id}/`, as OpenAPI writes it, to `/session/:id`, as the router matches it. */
export const patternOf = (path: string): string => withoutSlash(path).replaceAll(/\{(\w+)\}/g, ':$1')
