import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createStore } from '../../../src/store/store.ts'
import { deletePlan } from '../../../src/store/subscriptions.ts'
import { at, call } from '../../support/call.ts'
import { operator, subscribe } from '../../support/matrimony.ts'
import { person, personWith } from '../../support/people.ts'

const PLAN = { plan_type: 'premium', start_date: '2024-01-01', end_date: '2025-06-30', status: 'active' }
const T = 'You do not have permission to perform this action.'

const addPlan = async (as: string, json: object = PLAN) => {
  const response = await call('POST', '/subscription/', { as, json })
  expect(response.status).toBe(201)
  return Number(at(response, 'subscription_id'))
}

test('26: staff may create a plan', async () => {
  for (const flag of ['is_admin', 'is_staff', 'is_superuser'] as const) {
    const staff = await personWith(flag)
    const response = await call('POST', '/subscription/', { as: staff.token, json: PLAN })
    expect(response.status).toBe(201)
    const { subscription_id: id, created_on: created } = Object(response.json)
    expect(response.text).toBe(
      `{"message":"Subscription added Successfully","subscription_id":${id},"plan_type":"premium","start_date":"2024-01-01","end_date":"2025-06-30","status":"active","created_on":"${created}","updated_on":"${created}"}`,
    )
  }
})

test('26: invalid fields are rejected', async () => {
  const { token } = await operator()
  const errorText = async (json: unknown) => {
    const response = await call('POST', '/subscription', { as: token, json })
    expect(response.status).toBe(400)
    return response.text
  }
  expect(await errorText({ ...PLAN, plan_type: 'gold' })).toBe('{"plan_type":["\\"gold\\" is not a valid choice."]}')
  expect(await errorText({ ...PLAN, end_date: '2023-12-31' })).toBe('{"end_date":["End date must be after start date."]}')
  expect(await errorText({ ...PLAN, end_date: '2024-01-01' })).toBe('{"end_date":["End date must be after start date."]}')
  expect(await errorText({})).toBe(
    '{"plan_type":["This field is required."],"start_date":["This field is required."],"end_date":["This field is required."]}',
  )
  expect(await errorText({ ...PLAN, start_date: '2024-02-30', status: 'paused' })).toBe(
    '{"start_date":["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],"status":["\\"paused\\" is not a valid choice."]}',
  )
  expect(await errorText([])).toBe('{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}')
})

test('26, 29, 30: other members get a 403, before the body is read', async () => {
  const { token } = await person()
  for (const [method, path] of [
    ['POST', '/subscription/'],
    ['PUT', '/subscription/update/1'],
    ['PATCH', '/subscription/update/1'],
    ['DELETE', '/subscription/delete/1'],
  ] as const) {
    const response = await call(method, path, { as: token, ...(method !== 'DELETE' && { json: {} }) })
    expect([response.status, response.text]).toEqual([403, `{"error":"${T}","message":"${T}"}`])
  }
  const anonymous = await call('POST', '/subscription/', { json: PLAN })
  expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
  const bad = await call('POST', '/subscription/', { as: 'Token nonsense', json: PLAN })
  expect([bad.status, bad.text]).toEqual([401, '{"detail":"Invalid token."}'])
})

test('27: ten per page, with absolute URLs of the next and previous pages', async () => {
  const { token } = await operator()
  await env.DB.prepare('DELETE FROM subscription_plans').run()
  const empty = await call('GET', '/subscription/list', { as: token })
  expect(empty.text).toBe('{"count":0,"next":null,"previous":null,"results":[]}')
  expect((await call('GET', '/subscription/list?page=last', { as: token })).text).toBe(empty.text)

  for (let count = 0; count < 20; count++) await addPlan(token)
  const full = await call('GET', '/subscription/list?page=last', { as: token })
  expect([at(full, 'previous'), Object(at(full, 'results')).length]).toEqual(['https://concord.test/subscription/list', 10])
  await addPlan(token)
  const first = await call('GET', '/subscription/list', { as: token })
  expect(first.text).toMatch(
    /^\{"count":21,"next":"https:\/\/concord\.test\/subscription\/list\?page=2","previous":null,"results":\[\{"subscription_id":\d+,"plan_type":"premium","start_date":"2024-01-01","end_date":"2025-06-30","status":"active","created_on":"[^"]+","updated_on":"[^"]+"\},/,
  )
  const second = await call('GET', '/subscription/list/?page=2', { as: token })
  expect([at(second, 'next'), at(second, 'previous')]).toEqual([
    'https://concord.test/subscription/list/?page=3',
    'https://concord.test/subscription/list/',
  ])
  const third = await call('GET', '/subscription/list/?page=3', { as: token })
  expect([at(third, 'next'), at(third, 'previous')]).toEqual([null, 'https://concord.test/subscription/list/?page=2'])
  expect(Object(at(third, 'results')).length).toBe(1)
  const last = await call('GET', '/subscription/list/?page=last', { as: token })
  expect(at(last, 'results')).toEqual(at(third, 'results'))
  for (const page of ['4', '0', '-1', 'x', '1.5', '999999999999999999999']) {
    const missing = await call('GET', `/subscription/list/?page=${page}`, { as: token })
    expect([missing.status, missing.text]).toEqual([404, '{"detail":"Invalid page."}'])
  }
})

test('28: one plan can be read, and an unknown id gets a 404', async () => {
  const { token } = await operator()
  const id = await addPlan(token)
  const read = await call('GET', `/subscription/list/${id}`, { as: (await person()).token })
  expect([read.status, at(read, 'subscription_id'), at(read, 'plan_type')]).toEqual([200, id, 'premium'])
  for (const missing of ['0', 'x', '99999', '-1', '1e3']) {
    const response = await call('GET', `/subscription/list/${missing}`, { as: token })
    expect([response.status, response.text]).toEqual([404, '{"detail":"No Subscription matches the given query."}'])
  }
})

test('29: PUT replaces, PATCH changes some fields', async () => {
  const { token } = await operator()
  const id = await addPlan(token)
  const put = await call('PUT', `/subscription/update/${id}`, { as: token, json: { ...PLAN, plan_type: 'basic', status: 'expired' } })
  expect([put.status, at(put, 'plan_type'), at(put, 'status')]).toEqual([200, 'basic', 'expired'])
  const partial = await call('PUT', `/subscription/update/${id}`, { as: token, json: { status: 'active' } })
  expect(partial.status).toBe(400)
  const patch = await call('PATCH', `/subscription/update/${id}`, { as: token, json: { status: 'active' } })
  expect([patch.status, at(patch, 'plan_type'), at(patch, 'status')]).toEqual([200, 'basic', 'active'])
  const early = await call('PATCH', `/subscription/update/${id}`, { as: token, json: { end_date: '2024-01-01' } })
  expect([early.status, early.text]).toEqual([400, '{"end_date":["End date must be after start date."]}'])
  const late = await call('PATCH', `/subscription/update/${id}`, { as: token, json: { start_date: '2025-07-01' } })
  expect([late.status, late.text]).toEqual([400, '{"end_date":["End date must be after start date."]}'])
  const missing = await call('PATCH', '/subscription/update/99999', { as: token, json: { start_date: '2025-07-01' } })
  expect([missing.status, missing.text]).toEqual([404, '{"detail":"No Subscription matches the given query."}'])
})

test('29: concurrent changes of start and end never leave a plan that ends before it starts', async () => {
  const { token } = await operator()
  const id = await addPlan(token)
  const changes = Array.from({ length: 10 }, () => [{ start_date: '2025-06-01' }, { end_date: '2024-06-01' }]).flat()
  await Promise.all(changes.map((json) => call('PATCH', `/subscription/update/${id}`, { as: token, json })))
  const read = await call('GET', `/subscription/list/${id}`, { as: token })
  expect(String(at(read, 'start_date')) < String(at(read, 'end_date'))).toBe(true)
})

test('30: deleting a plan removes it from its accounts', async () => {
  const { token } = await operator()
  const id = await addPlan(token, { ...PLAN, end_date: '2099-01-01' })
  const member = await person()
  const chosen = await call('PATCH', '/users/byId/', { as: member.token, json: { subscription_plan: id } })
  expect([chosen.status, at(chosen, 'subscription_plan')]).toEqual([200, id])
  const deleted = await call('DELETE', `/subscription/delete/${id}`, { as: token })
  expect([deleted.status, deleted.text]).toEqual([200, '{"message":"Subscription plan deleted successfully"}'])
  expect(at(await call('GET', '/users/byId/', { as: member.token }), 'subscription_plan')).toBeNull()
  const again = await call('DELETE', `/subscription/delete/${id}`, { as: token })
  expect([again.status, again.text]).toEqual([404, '{"detail":"No Subscription matches the given query."}'])
})

test('30: many subscribers lose a plan in chunks, and the plan is deleted with the last of them', async () => {
  const { token } = await operator()
  const id = await addPlan(token, { ...PLAN, end_date: '2099-01-01' })
  const insertSubscribers = (stem: string, count: number) =>
    env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
       INSERT INTO accounts (object_id, username, username_key, password, subscription_plan_id, created_at, updated_at)
       SELECT printf('${stem}%023d', i), '${stem}' || i, '${stem}' || i, '', ?, 0, 0 FROM n`,
    )
      .bind(id)
      .run()
  const subscribers = () => env.DB.prepare('SELECT count(*) AS n FROM accounts WHERE subscription_plan_id = ?').bind(id).first('n')
  await insertSubscribers('a', 3)
  const store = createStore(env.DB)
  expect([await deletePlan(store, id, 2), await subscribers()]).toEqual([{ deleted: false, hasMore: true }, 1])
  await insertSubscribers('b', 1500)
  const deleted = await call('DELETE', `/subscription/delete/${id}`, { as: token })
  expect([deleted.status, await subscribers()]).toEqual([200, 0])
  expect(await deletePlan(store, id, 2)).toEqual({ deleted: false, hasMore: false })
})

test('an expired or past plan cannot be chosen', async () => {
  const { token } = await operator()
  const member = await person()
  const expired = await addPlan(token, { ...PLAN, end_date: '2099-01-01', status: 'expired' })
  const past = await addPlan(token)
  for (const planId of [expired, past]) {
    const response = await call('PUT', '/users/byId/', { as: member.token, json: { subscription_plan: planId } })
    expect(response.status).toBe(400)
    expect(at(response, 'error')).toBe('The selected subscription plan does not exist.')
  }
  await subscribe(member, past)
  expect(at(await call('GET', '/users/byId/', { as: member.token }), 'subscription_plan')).toBe(past)
})
