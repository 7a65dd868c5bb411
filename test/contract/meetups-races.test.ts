import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { at, call, type Heard, textAt } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'

/** Fifty requests at once, for each promise that two at once could break. */

const MANY = 50

const times = <T>(make: (n: number) => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: MANY }, (_, n) => make(n)))

const statuses = (heard: readonly Heard[]): Record<number, number> => {
  const counted: Record<number, number> = {}
  for (const { status } of heard) counted[status] = (counted[status] ?? 0) + 1
  return counted
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

const answer = (as: Person, planId: string) => call('POST', '/api/rsvp/add', { as: as.token, json: { plan_id: planId } })
const ask = (from: Person, to: Person) => call('POST', `/api/friends/request/${to.objectId}/`, { as: from.token })
const crowd = () => times(() => person())

const PAIR = 'SELECT count(*) AS n FROM friend_records WHERE sender_id IN (?1, ?2) AND receiver_id IN (?1, ?2)'

test('of two who ask each other, each many times, one record comes, and it is a friendship', async () => {
  const [ross, rachel] = [await person(), await person()]
  const heard = await times((n) => (n % 2 === 0 ? ask(ross, rachel) : ask(rachel, ross)))
  expect(statuses(heard)).toEqual({ 200: 1, 201: 1, 400: MANY - 2 })
  expect(await count(PAIR, ross.id, rachel.id)).toBe(1)
  const record = heard.find(({ status }) => status === 201)
  const friendship = heard.find(({ status }) => status === 200)
  expect(friendship && at(friendship, 'id')).toBe(record && at(record, 'id'))
})

test('who asks many times at once has asked once', async () => {
  const [ross, rachel] = [await person(), await person()]
  expect(statuses(await times(() => ask(ross, rachel)))).toEqual({ 201: 1, 400: MANY - 1 })
  expect(await count(PAIR, ross.id, rachel.id)).toBe(1)
})

test('a rejected request is opened again once, and answered by the other one’s', async () => {
  const [ross, rachel] = [await person(), await person()]
  const id = textAt(await ask(ross, rachel), 'id')
  await call('POST', `/api/friends/respond/${id}/`, { as: rachel.token, json: { action: 'reject' } })
  const heard = await times((n) => (n % 2 === 0 ? ask(ross, rachel) : ask(rachel, ross)))
  expect(statuses(heard)).toEqual({ 200: 1, 201: 1, 400: MANY - 2 })
  expect(await count(PAIR, ross.id, rachel.id)).toBe(1)
})

test('a record is removed once', async () => {
  const [ross, rachel] = [await person(), await person()]
  const id = textAt(await ask(ross, rachel), 'id')
  const heard = await times((n) => call('DELETE', `/api/friends/remove/${n % 2 === 0 ? id : rachel.objectId}/`, { as: ross.token }))
  expect(statuses(heard)).toEqual({ 204: 1, 404: MANY - 1 })
})

test('a person answers a plan once, however often they tap', async () => {
  const [ross, rachel] = [await person(), await person()]
  const plan = await addPlan(ross)
  const heard = await times(() => answer(rachel, plan))
  expect(statuses(heard)).toEqual({ 201: 1, 400: MANY - 1 })
  expect(heard.filter(({ status }) => status === 400).every(({ text }) => text.includes('already'))).toBe(true)
  expect(await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)).toBe(1)
})

test('seven seats are seven, whoever comes', async () => {
  const ross = await person()
  const plan = await addPlan(ross, { capacity: 7 })
  const people = await crowd()
  const heard = await Promise.all(people.map((who) => answer(who, plan)))
  expect(statuses(heard)).toEqual({ 201: 7, 400: MANY - 7 })
  expect(heard.filter(({ status }) => status === 400).map(({ text }) => text)).toEqual(Array(MANY - 7).fill('{"error":"Plan is full"}'))
  expect(await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)).toBe(7)
})

test('a capacity that is lowered while people answer is not exceeded either', async () => {
  const ross = await person()
  const plan = await addPlan(ross)
  const people = await crowd()
  const edit = () => call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json: { capacity: 5 } })
  const heard = await Promise.all(people.map((who, n) => (n % 10 === 4 ? edit() : answer(who, plan))))
  const edits = heard.filter((_, n) => n % 10 === 4)
  expect(edits.every(({ status }) => status === 200 || status === 400)).toBe(true)
  const taken = await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)
  const capacity = await count('SELECT capacity AS n FROM plans WHERE id = ?', plan)
  if (edits.some(({ status }) => status === 200)) expect([capacity, taken <= 5]).toEqual([5, true])
  else expect(taken).toBeGreaterThan(5)
})

test('a plan that is deleted while people answer leaves no answer behind', async () => {
  const ross = await person()
  const plan = await addPlan(ross)
  const people = await crowd()
  const heard = await Promise.all(
    people.map((who, n) => (n === MANY / 2 ? call('DELETE', `/api/plans/${plan}/delete`, { as: ross.token }) : answer(who, plan))),
  )
  const { 200: deleted, 201: answered = 0, 404: late = 0 } = statuses(heard)
  expect([deleted, answered + late]).toEqual([1, MANY - 1])
  expect(await count('SELECT count(*) AS n FROM rsvps WHERE plan_id = ?', plan)).toBe(0)
  // Whoever answered in time, and ross, hear of it in their calendars; nobody else does.
  expect(await count('SELECT count(*) AS n FROM cancelled_plan_people WHERE plan_id = ?', plan)).toBe(answered + 1)
})

test('a plan is deleted once', async () => {
  const ross = await person()
  const plan = await addPlan(ross)
  const heard = await times(() => call('DELETE', `/api/plans/${plan}/delete`, { as: ross.token }))
  expect(statuses(heard)).toEqual({ 200: 1, 404: MANY - 1 })
})

test('two edits that only together make a plan end before it starts are not both made', async () => {
  const ross = await person()
  const plan = await addPlan(ross, { start_time: '2025-09-28 12:00', end_time: '2025-09-28 15:00' })
  const edit = (json: unknown) => call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json })
  const heard = await times((n) => edit(n % 2 === 0 ? { start_time: '2025-09-28 14:30' } : { end_time: '2025-09-28 13:00' }))
  expect(Object.keys(statuses(heard)).sort()).toEqual(['200', '400'])
  expect(await count('SELECT count(*) AS n FROM plans WHERE id = ? AND start_time < end_time', plan)).toBe(1)
})

test('who asks for the feed’s address many times at once is told one', async () => {
  const ross = await person()
  const heard = await times(() => call('GET', '/api/calendar/', { as: ross.token }))
  expect(new Set(heard.map(({ text }) => text)).size).toBe(1)
})
