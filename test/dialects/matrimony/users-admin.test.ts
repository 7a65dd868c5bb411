import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { findInactiveUsers, findUsers } from '../../../src/store/user-lists.ts'
import { at, call, ORIGIN, type TestResponse } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { insertManyProfiles } from '../../support/many-profiles.ts'
import { type Person, person, personWith } from '../../support/people.ts'

const T = 'You do not have permission to perform this action.'
const ids = (rows: unknown): unknown[] => Object(rows).map((row: Record<string, unknown>) => row.user_id)
const get = (reader: Person, path: string): Promise<TestResponse> => call('GET', path, { as: reader.token })

const listAllIds = async (reader: Person, path: string): Promise<unknown[]> => {
  const allIds: unknown[] = []
  for (let next: string | null = path; next; ) {
    const response: TestResponse = await get(reader, next)
    expect(Object(at(response, 'results')).length).toBeLessThanOrEqual(2)
    allIds.push(...ids(at(response, 'results')))
    const url = at(response, 'next')
    next = typeof url === 'string' ? url.replace(ORIGIN, '') : null
  }
  return allIds
}

const idsWhere = async (condition: string): Promise<unknown[]> => {
  const { results } = await env.DB.prepare(
    `SELECT id FROM accounts WHERE is_admin + is_staff + is_superuser = 0 AND ${condition} ORDER BY id`,
  ).all<{
    id: number
  }>()
  return results.map(({ id }) => id)
}

describe('8, 10 and 11: the lists', () => {
  test('have accounts without flags, two per page, oldest first', async () => {
    const admin = await personWith('is_admin')
    const first = await person()
    for (let count = 0; count < 4; count++) await person()
    const deactivated = await person()
    await call('PATCH', '/users/deactivate/', { as: deactivated.token })
    await personWith('is_staff')

    const response = await get(admin, '/users/listusers/')
    const total = (await idsWhere('true')).length
    const { joined_date: joined } = Object(at(response, 'results', 0))
    const row = `{"user_id":${first.id},"username":"${first.username}","email":"${first.email}","phone_number":null,"first_name":"","last_name":"","joined_date":"${joined}","last_login":"${joined}","subscription_plan":null,"is_active":true,"role":"user"}`
    expect(response.text).toBe(
      `{"count":${total},"next":"${ORIGIN}/users/listusers/?page=2","previous":null,"results":[${row},${JSON.stringify(at(response, 'results', 1))}]}`,
    )
    expect(joined).toMatch(/^\d{4}-\d\d-\d\d$/)
    expect(at(await get(admin, '/users/listusers/?page=2'), 'previous')).toBe(`${ORIGIN}/users/listusers/`)
    expect(await listAllIds(admin, '/users/listusers/')).toEqual(await idsWhere('true'))
    expect(await listAllIds(admin, '/users/activeusers/')).toEqual(await idsWhere('is_active = 1'))
    expect(at(await get(admin, '/users/activeusers/'), 'count')).toBe(total - 1)

    const inactive = await get(admin, '/users/inactiveusers/')
    expect(ids(inactive.json)).toEqual([deactivated.id])
    expect(at(inactive, 0, 'is_active')).toBe(false)
    expect(Object.keys(Object(at(inactive, 0)))).toEqual(Object.keys(Object(at(response, 'results', 0))))
    for (const page of [String(Math.ceil(total / 2) + 1), '0', 'x']) {
      const missing = await get(admin, `/users/listusers/?page=${page}`)
      expect([missing.status, missing.text]).toEqual([404, '{"detail":"Invalid page."}'])
    }
  })

  test('are for admins only', async () => {
    for (const { token } of [await person(), await personWith('is_staff', 'is_superuser')]) {
      for (const path of ['listusers', 'activeusers', 'inactiveusers']) {
        const response = await call('GET', `/users/${path}/`, { as: token })
        expect([response.status, response.text]).toEqual([403, '{"error":"You do not have permission to view this data."}'])
      }
    }
    const anonymous = await call('GET', '/users/listusers/')
    expect([anonymous.status, anonymous.text]).toEqual([400, '{"error":"Authentication credentials were not provided."}'])
  })

  test('are complete on late pages, too, with inactive, staff and deleted accounts in between', async () => {
    const admin = await personWith('is_admin')
    await insertManyProfiles(70_000, 70_600)
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id BETWEEN 70100 AND 70399').run()
    await env.DB.prepare('UPDATE accounts SET is_staff = 1 WHERE id BETWEEN 70400 AND 70450').run()
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = 70401').run()
    await env.DB.prepare('DELETE FROM accounts WHERE id IN (70001, 70200)').run()
    for (const [path, condition] of [
      ['/users/listusers/', 'true'],
      ['/users/activeusers/', 'is_active = 1'],
    ] as const) {
      const expected = await idsWhere(condition)
      const last = Math.ceil(expected.length / 2)
      for (const page of [1, 2, 40, 41, 90, 128, 129, 130, last - 1, last].filter((one) => one <= last)) {
        const response = await get(admin, `${path}?page=${page}`)
        expect([at(response, 'count'), ids(at(response, 'results'))]).toEqual([expected.length, expected.slice((page - 1) * 2, page * 2)])
      }
      const lastPage = await get(admin, `${path}?page=last`)
      expect([at(lastPage, 'next'), ids(at(lastPage, 'results'))]).toEqual([null, expected.slice((last - 1) * 2)])
    }
  })

  test('cost the same on every page, for any number of accounts', async () => {
    for (const list of ['users', 'active-users'] as const) {
      for (const from of [40, 'last'] as const) {
        const steps = await explain((store) => findUsers(store, list, from, 2))
        expect(expensiveSteps(steps, 'outer_bucket', 'inner_bucket')).toEqual([])
        // This index holds only the listed accounts: any number of other accounts may lie between two of them.
        expect(steps.join('\n')).toContain(`accounts_${list.replace('-', '_')} (`)
      }
    }
    const inactive = await explain((store) => findInactiveUsers(store, { after: 0, limit: 10 }))
    expect(expensiveSteps(inactive)).toEqual([])
    expect(inactive.join()).toContain('accounts_inactive_users')
  })
})

describe('9: suspending', () => {
  const suspend = ({ token }: Person, id: unknown) => call('PATCH', `/users/deactivateuser/${id}`, { as: token })

  test('deactivates an account at once; of concurrent requests, one succeeds', async () => {
    const [admin, member] = await Promise.all([personWith('is_admin'), person()])
    const answers = await Promise.all(Array.from({ length: 20 }, () => suspend(admin, member.id)))
    const succeeded = answers.filter(({ status }) => status === 200)
    expect(succeeded.map(({ text }) => text)).toEqual([`{"message":"User ${member.username} deactivated successfully."}`])
    expect(answers.filter(({ status }) => status === 400).map(({ text }) => text)).toEqual(
      Array.from({ length: 19 }, () => `{"message":"User ${member.username} is already deactivated."}`),
    )
    const after = await get(member, '/users/byId/')
    expect([after.status, after.text]).toEqual([400, '{"detail":"User inactive or deleted."}'])
    const listed = await get(admin, '/users/inactiveusers/')
    const row = Object(listed.json).find(({ user_id: id }: Record<string, unknown>) => id === member.id)
    expect([row.is_active, row.role]).toEqual([false, 'suspended'])
  })

  test('unknown accounts get a 404, and members who are not admins get a 403', async () => {
    const [admin, member] = await Promise.all([personWith('is_admin'), person()])
    for (const id of ['999999', '0', 'x']) {
      const response = await suspend(admin, id)
      expect([response.status, response.text]).toEqual([404, '{"detail":"No CustomUser matches the given query."}'])
    }
    const forbidden = await suspend(member, admin.id)
    expect([forbidden.status, forbidden.text]).toEqual([403, `{"error":"${T}","message":"${T}"}`])
  })
})
