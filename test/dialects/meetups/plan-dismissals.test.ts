import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, type TestResponse, textAt } from '../../support/call.ts'
import { type Person, person, personWith } from '../../support/people.ts'

/** Plans that a member dismissed, and `friends=false`, as meetups' later client uses them. */

const PLAN = {
  title: 'Game Night',
  location: { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' },
  start_time: '2035-09-28 12:00:00',
  end_time: '2035-09-28 15:00:00',
}
const UNKNOWN_ID = '0123456789abcdef01234567'

const add = async (as: Person, changes: Record<string, unknown> = {}): Promise<string> =>
  textAt(await call('POST', '/api/plans/add', { as: as.token, json: { ...PLAN, ...changes } }), '_id')
const dismiss = (as: Person, id: string) => call('POST', `/api/plans/${id}/dismiss`, { as: as.token })
const undismiss = (as: Person, id: string, method = 'POST') => call(method, `/api/plans/${id}/undismiss`, { as: as.token })

const idsIn = (response: TestResponse): string[] => {
  if (!Array.isArray(response.json)) throw new Error(`no list: ${response.text}`)
  return response.json.map((item: { _id?: unknown }) => String(item._id))
}
const list = async (as: Person, path = '/api/plans'): Promise<string[]> => idsIn(await call('GET', path, { as: as.token }))

const befriend = async (one: Person, other: Person): Promise<void> => {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    expect((await call('POST', `/api/friends/request/${to.objectId}/`, { as: from.token })).status).toBeLessThan(300)
}

const QUERIES = ['', '?friends=true', '?from=2035-01-01', '?friends=true&to=2036-01-01']

describe('a dismissed plan', () => {
  test("leaves every list of its dismisser's plans, and nobody else's, until the dismissal is taken back", async () => {
    const [ada, bob, cy] = [await person(), await person(), await person()]
    await befriend(ada, bob)
    const [open, friends, kept] = [await add(bob), await add(bob, { visibility: 'friends' }), await add(bob)]
    for (const id of [open, friends]) {
      const dismissed = await dismiss(ada, id)
      expect([dismissed.status, dismissed.text]).toEqual([204, ''])
    }
    for (const query of QUERIES) {
      const listed = await list(ada, `/api/plans${query}`)
      expect(listed).toContain(kept)
      expect(listed).not.toContain(open)
      expect(listed).not.toContain(friends)
    }
    expect(await list(bob)).toEqual(expect.arrayContaining([open, friends, kept]))
    expect(await list(cy)).toEqual(expect.arrayContaining([open, kept]))
    const one = await call('GET', `/api/plans/${open}`, { as: ada.token })
    expect(one.status).toBe(200)
    const dismissed = await call('GET', '/api/plans/dismissed', { as: ada.token })
    expect(idsIn(dismissed)).toEqual([open, friends])
    expect(at(dismissed, 0)).toEqual(at(one, 'data'))
    expect(await list(cy, '/api/plans/dismissed')).toEqual([])

    const back = await undismiss(ada, open)
    expect([back.status, back.text]).toEqual([204, ''])
    expect((await undismiss(ada, friends, 'DELETE')).status).toBe(204)
    expect(await list(ada)).toEqual(expect.arrayContaining([open, friends, kept]))
    expect(await list(ada, '/api/plans/dismissed')).toEqual([])
  })

  test('may be dismissed and put back any number of times, also at once', async () => {
    const [ada, bob] = [await person(), await person()]
    const id = await add(bob)
    const dismissed = await Promise.all(Array.from({ length: 10 }, () => dismiss(ada, id)))
    expect(dismissed.map(({ status }) => status)).toEqual(Array(10).fill(204))
    expect(await list(ada, '/api/plans/dismissed')).toEqual([id])
    const undone = await Promise.all(Array.from({ length: 10 }, () => undismiss(ada, id)))
    expect(undone.map(({ status }) => status)).toEqual(Array(10).fill(204))
    expect((await undismiss(ada, id)).status).toBe(204)
    expect(await list(ada, '/api/plans/dismissed')).toEqual([])
  })

  test('can be one’s own', async () => {
    const ada = await person()
    const [first, second] = [await add(ada), await add(ada)]
    await dismiss(ada, first)
    expect(await list(ada, '/api/plans?friends=false')).toEqual([second])
  })

  test('that is no longer visible leaves the list of dismissed plans, and one that is deleted leaves no row', async () => {
    const [ada, bob] = [await person(), await person()]
    const [hidden, deleted] = [await add(bob), await add(bob)]
    for (const id of [hidden, deleted]) await dismiss(ada, id)
    await call('PATCH', `/api/plans/${hidden}/edit`, { as: bob.token, json: { visibility: 'private' } })
    await call('DELETE', `/api/plans/${deleted}/delete`, { as: bob.token })
    expect(await list(ada, '/api/plans/dismissed')).toEqual([])
    const rows = await env.DB.prepare('SELECT plan_id FROM plan_dismissals WHERE account_id = ?').bind(ada.id).all()
    expect(rows.results).toEqual([{ plan_id: hidden }])
  })

  test('pages follow each other, in the list of plans and in that of dismissed plans', async () => {
    const [ada, bob] = [await person(), await person()]
    const created: string[] = []
    for (let n = 0; n < 7; n++) created.push(await add(bob, { visibility: 'private' }))
    await env.DB.prepare("UPDATE plans SET visibility = 'friends' WHERE creator_id = ?").bind(bob.id).run()
    await befriend(ada, bob)
    const dismissed = created.filter((_, index) => index % 2 === 0)
    for (const id of dismissed) await dismiss(ada, id)
    const allPages = async (path: string) => {
      const found: string[][] = []
      for (let next: string | undefined = path; next !== undefined && found.length < 10; ) {
        const page = await call('GET', next, { as: ada.token })
        found.push(idsIn(page))
        next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('Link') ?? '')?.[1]
      }
      return found
    }
    expect(await allPages('/api/plans/dismissed?limit=3')).toEqual([dismissed.slice(0, 3), dismissed.slice(3)])
    const others = created.filter((id) => !dismissed.includes(id))
    expect(await allPages('/api/plans?friends=true&limit=2')).toEqual([others.slice(0, 2), others.slice(2)])
  })
})

test.each(['dismiss', 'undismiss'])('%s of a plan that the caller may not see is a 404, and of an invalid id a 400', async (action) => {
  const [ada, bob, staff] = [await person(), await person(), await personWith('is_staff')]
  const secret = await add(bob, { visibility: 'private' })
  for (const id of [secret, UNKNOWN_ID]) {
    const response = await call('POST', `/api/plans/${id}/${action}`, { as: ada.token })
    expect([response.status, response.text]).toEqual([404, '{"error":"Plan not found"}'])
  }
  const invalid = await call('POST', `/api/plans/x/${action}`, { as: ada.token })
  expect([invalid.status, invalid.text]).toEqual([400, '{"error":"Invalid ID"}'])
  expect((await call('POST', `/api/plans/${secret}/${action}`, { as: staff.token })).status).toBe(204)
})

test("friends=false lists the caller's own plans only, of every visibility", async () => {
  const [ada, bob] = [await person(), await person()]
  await befriend(ada, bob)
  await add(bob)
  await add(bob, { visibility: 'friends' })
  const own: string[] = []
  for (const visibility of ['private', 'public', 'friends', 'public']) own.push(await add(ada, { visibility }))
  for (const no of ['false', '0']) expect(await list(ada, `/api/plans?friends=${no}`)).toEqual(own)
  expect(await list(ada, '/api/plans?friends=false&from=2035-09-28T12:00:00Z&to=2035-09-28T12:00:00Z')).toEqual(own)
  expect(await list(ada, '/api/plans?friends=false&from=2036-01-01')).toEqual([])
})
