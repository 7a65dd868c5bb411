import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { at, call, type TestResponse, textAt } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'

/** Fifty simultaneous requests for each guarantee that a race could break. */

const MANY = 50

const times = <T>(request: (n: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: MANY }, (_, n) => request(n)))

const statuses = (responses: readonly TestResponse[]): Record<number, number> => {
  const counts: Record<number, number> = {}
  for (const { status } of responses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const count = async (sql: string, ...values: unknown[]): Promise<number> =>
  Number(
    await env.DB.prepare(sql)
      .bind(...values)
      .first('n'),
  )

const addPlan = async (as: Person, changes: Record<string, unknown> = {}): Promise<string> => {
  const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
  const json = { title: 'Game Night', location, end_time: '2025-09-28 15:00:00', ...changes }
  return textAt(await call('POST', '/api/plans/add', { as: as.token, json }), 'id')
}

const addRsvp = (as: Person, planId: string) => call('POST', '/api/rsvp/add', { as: as.token, json: { plan_id: planId } })
const request = (from: Person, to: Person) => call('POST', `/api/friends/request/${to.objectId}/`, { as: from.token })
const createMembers = () => times(() => person())

const PAIR = 'SELECT count(*) AS n FROM friend_records WHERE sender_id IN (?1, ?2) AND receiver_id IN (?1, ?2)'

test('two users who send each other many requests get one record, and it is a friendship', async () => {
  const [ross, rachel] = [await person(), await person()]
  const responses = await times((n) => (n % 2 === 0 ? request(ross, rachel) : request(rachel, ross)))
  expect(statuses(responses)).toEqual({ 200: 1, 201: 1, 400: MANY - 2 })
  expect(await count(PAIR, ross.id, rachel.id)).toBe(1)
  const record = responses.find(({ status }) => status === 201)
  const friendship = responses.find(({ status }) => status === 200)
  expect(friendship && at(friendship, 'id')).toBe(record && at(record, 'id'))
})

test('many simultaneous friend requests create one record', async () => {
  const [ross, rachel] = [await person(), await person()]
  expect(statuses(await times(() => request(ross, rachel)))).toEqual({ 201: 1, 400: MANY - 1 })
  expect(await count(PAIR, ross.id, rachel.id)).toBe(1)
})

test('a rejected request is re-opened once, and accepted by the request of the other user', async () => {
  const [ross, rachel] = [await person(), await person()]
  const id = textAt(await request(ross, rachel), 'id')
  await call('POST', `/api/friends/respond/${id}/`, { as: rachel.token, json: { action: 'reject' } })
  const responses = await times((n) => (n % 2 === 0 ? request(ross, rachel) : request(rachel, ross)))
  expect(statuses(responses)).toEqual({ 200: 1, 201: 1, 400: MANY - 2 })
  expect(await count(PAIR, ross.id, rachel.id)).toBe(1)
})

test('a friend record is removed once', async () => {
  const [ross, rachel] = [await person(), await person()]
  const id = textAt(await request(ross, rachel), 'id')
  const responses = await times((n) => call('DELETE', `/api/friends/remove/${n % 2 === 0 ? id : rachel.objectId}/`, { as: ross.token }))
  expect(statuses(responses)).toEqual({ 204: 1, 404: MANY - 1 })
})

test('many simultaneous RSVPs of one user create one RSVP', async () => {
  const [ross, rachel] = [await person(), await person()]
  const plan = await addPlan(ross)
  const responses = await times(() => addRsvp(rachel, plan))
  expect(statuses(responses)).toEqual({ 201: 1, 400: MANY - 1 })
  expect(responses.filter(({ status }) => status === 400).every(({ text }) => text.includes('already'))).toBe(true)
  expect(await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)).toBe(1)
})

test('a capacity of seven is never exceeded', async () => {
  const ross = await person()
  const plan = await addPlan(ross, { capacity: 7 })
  const people = await createMembers()
  const responses = await Promise.all(people.map((member) => addRsvp(member, plan)))
  expect(statuses(responses)).toEqual({ 201: 7, 400: MANY - 7 })
  expect(responses.filter(({ status }) => status === 400).map(({ text }) => text)).toEqual(Array(MANY - 7).fill('{"error":"Plan is full"}'))
  expect(await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)).toBe(7)
})

test('a capacity that is lowered while RSVPs arrive is not exceeded either', async () => {
  const ross = await person()
  const plan = await addPlan(ross)
  const people = await createMembers()
  const edit = () => call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json: { capacity: 5 } })
  const responses = await Promise.all(people.map((member, n) => (n % 10 === 4 ? edit() : addRsvp(member, plan))))
  const edits = responses.filter((_, n) => n % 10 === 4)
  expect(edits.every(({ status }) => status === 200 || status === 400)).toBe(true)
  const rsvps = await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)
  const capacity = await count('SELECT capacity AS n FROM plans WHERE id = ?', plan)
  if (edits.some(({ status }) => status === 200)) expect([capacity, rsvps <= 5]).toEqual([5, true])
  else expect(rsvps).toBeGreaterThan(5)
})

test('a plan that is deleted while RSVPs arrive leaves no RSVP behind', async () => {
  const ross = await person()
  const plan = await addPlan(ross)
  const people = await createMembers()
  const responses = await Promise.all(
    people.map((member, n) => (n === MANY / 2 ? call('DELETE', `/api/plans/${plan}/delete`, { as: ross.token }) : addRsvp(member, plan))),
  )
  const { 200: deleted, 201: added = 0, 404: late = 0 } = statuses(responses)
  expect([deleted, added + late]).toEqual([1, MANY - 1])
  expect(await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)).toBe(0)
  // Exactly the members with an RSVP, and ross, see the cancellation in their calendars.
  expect(await count('SELECT count(*) AS n FROM cancelled_plan_people WHERE plan_id = ?', plan)).toBe(added + 1)
})

test('a plan is deleted once', async () => {
  const ross = await person()
  const plan = await addPlan(ross)
  const responses = await times(() => call('DELETE', `/api/plans/${plan}/delete`, { as: ross.token }))
  expect(statuses(responses)).toEqual({ 200: 1, 404: MANY - 1 })
})

test('of two edits that together would make a plan end before its start, one is rejected', async () => {
  const ross = await person()
  const plan = await addPlan(ross, { start_time: '2025-09-28 12:00', end_time: '2025-09-28 15:00' })
  const edit = (json: unknown) => call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json })
  const responses = await times((n) => edit(n % 2 === 0 ? { start_time: '2025-09-28 14:30' } : { end_time: '2025-09-28 13:00' }))
  expect(Object.keys(statuses(responses)).sort()).toEqual(['200', '400'])
  expect(await count('SELECT count(*) AS n FROM plans WHERE id = ? AND start_time < end_time', plan)).toBe(1)
})

test('many simultaneous requests for the feed URL return the same URL', async () => {
  const ross = await person()
  const responses = await times(() => call('GET', '/api/calendar/', { as: ross.token }))
  expect(new Set(responses.map(({ text }) => text)).size).toBe(1)
})
