import { describe, expect, test } from 'vitest'
import { SegmentRouter } from '../../../src/http/routing/segment-router.ts'

const routerOf = (...routes: [method: string, pattern: string][]): SegmentRouter<string> => {
  const router = new SegmentRouter<string>()
  for (const [method, pattern] of routes) router.add(method, pattern, `${method} ${pattern}`)
  return router
}

/** The handler that matches, with the path parameters; null if none does. */
const match = (router: SegmentRouter<string>, method: string, path: string): unknown => {
  const [handlers, values] = router.match(method, path)
  const [first] = handlers
  if (!first || !Array.isArray(values)) return null
  const [handler, indexes] = first
  return [handler, Object.fromEntries(Object.entries(indexes).map(([name, index]) => [name, values[Number(index)]]))]
}

describe('a literal segment takes precedence over a parameter', () => {
  const routes: [string, string][] = [
    ['GET', '/api/users/:id'],
    ['GET', '/api/users/me'],
    ['PATCH', '/api/users/me'],
    ['DELETE', '/api/users/:id'],
    ['GET', '/api/:kind/:id/edit'],
    ['GET', '/'],
  ]

  test.each([
    ['in one order', routes],
    ['in reverse order', routes.toReversed()],
  ])('in any order of registration: %s', (_order, ordered) => {
    const router = routerOf(...ordered)
    expect(match(router, 'GET', '/api/users/me')).toEqual(['GET /api/users/me', {}])
    expect(match(router, 'GET', '/api/users/7')).toEqual(['GET /api/users/:id', { id: '7' }])
    // "me" is not an id: a wrong method on this path is a 405, and must not match the route with the parameter.
    expect(match(router, 'DELETE', '/api/users/me')).toBeNull()
    expect([...router.patternsByMethod('/api/users/me').keys()].sort()).toEqual(['GET', 'PATCH'])
    expect(match(router, 'GET', '/api/users/me/edit')).toEqual(['GET /api/:kind/:id/edit', { kind: 'users', id: 'me' }])
    expect(match(router, 'GET', '/')).toEqual(['GET /', {}])
  })
})

test('an unregistered path or method matches no route', () => {
  const router = routerOf(['GET', '/a/:id'])
  for (const path of ['/', '/a', '/a/', '/a/1/2', '/b/1', '/a//1']) expect(match(router, 'GET', path)).toBeNull()
  expect(match(router, 'POST', '/a/1')).toBeNull()
})

test('the methods of a path are those of the pattern that matches it', () => {
  const router = routerOf(['GET', '/a/:id'], ['PUT', '/a/b'], ['GET', '/a/b'], ['POST', '/a'])
  expect([...router.patternsByMethod('/a/b').keys()].sort()).toEqual(['GET', 'PUT'])
  expect([...router.patternsByMethod('/a/c').keys()]).toEqual(['GET'])
  expect([...router.patternsByMethod('/c').keys()]).toEqual([])
})

test('wildcards are rejected, so that no middleware runs for the routes of another contract', () => {
  for (const pattern of ['*', '/a/*', '/a/:id{[0-9]+}', '/a/:id?']) expect(() => routerOf(['GET', pattern])).toThrow()
})
