import { describe, expect, test } from 'vitest'
import { SegmentRouter } from '../../src/http/router.ts'

const routerOf = (...routes: [method: string, pattern: string][]): SegmentRouter<string> => {
  const router = new SegmentRouter<string>()
  for (const [method, pattern] of routes) router.add(method, pattern, `${method} ${pattern}`)
  return router
}

/** What answers, and with which parameters. */
const matched = (router: SegmentRouter<string>, method: string, path: string): unknown => {
  const [handlers, values] = router.match(method, path)
  const [first] = handlers
  if (!first || !Array.isArray(values)) return null
  const [handler, indexes] = first
  return [handler, Object.fromEntries(Object.entries(indexes).map(([name, index]) => [name, values[Number(index)]]))]
}

describe('a literal segment beats a parameter', () => {
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
    ['in the other', routes.toReversed()],
  ])('whatever was registered first: %s', (_order, ordered) => {
    const router = routerOf(...ordered)
    expect(matched(router, 'GET', '/api/users/me')).toEqual(['GET /api/users/me', {}])
    expect(matched(router, 'GET', '/api/users/7')).toEqual(['GET /api/users/:id', { id: '7' }])
    // "me" is no id: the wrong method on a path that is there is a 405 of that path, and not somebody's record.
    expect(matched(router, 'DELETE', '/api/users/me')).toBeNull()
    expect(router.methodsOn('/api/users/me').sort()).toEqual(['GET', 'PATCH'])
    expect(matched(router, 'GET', '/api/users/me/edit')).toEqual(['GET /api/:kind/:id/edit', { kind: 'users', id: 'me' }])
    expect(matched(router, 'GET', '/')).toEqual(['GET /', {}])
  })
})

test('nothing answers what nothing was registered for', () => {
  const router = routerOf(['GET', '/a/:id'])
  for (const path of ['/', '/a', '/a/', '/a/1/2', '/b/1', '/a//1']) expect(matched(router, 'GET', path)).toBeNull()
  expect(matched(router, 'POST', '/a/1')).toBeNull()
})

test('the methods of a path are those of the pattern that owns it', () => {
  const router = routerOf(['GET', '/a/:id'], ['PUT', '/a/b'], ['GET', '/a/b'], ['POST', '/a'])
  expect(router.methodsOn('/a/b').sort()).toEqual(['GET', 'PUT'])
  expect(router.methodsOn('/a/c')).toEqual(['GET'])
  expect(router.methodsOn('/c')).toEqual([])
})

test('wildcards are refused: no middleware runs for somebody else', () => {
  for (const pattern of ['*', '/a/*', '/a/:id{[0-9]+}', '/a/:id?']) expect(() => routerOf(['GET', pattern])).toThrow()
})
