import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'

/** A block is created in the matrimony contract. It applies to both members, in every contract. */

const block = (blocker: Person, blocked: Person) => call('POST', `/matching/block/${blocked.id}/`, { as: blocker.token })
const unblock = (blocker: Person, blocked: Person) => call('DELETE', `/matching/block/${blocked.id}/`, { as: blocker.token })
const requestFriend = (from: Person, to: Person) => call('POST', `/api/friends/request/${to.objectId}/`, { as: from.token })
const respond = (as: Person, id: string, action: string) => call('POST', `/api/friends/respond/${id}/`, { as: as.token, json: { action } })
const plansFor = async (reader: Person, query = '') => (await call('GET', `/api/plans${query}`, { as: reader.token })).text

const createPlan = async (owner: Person): Promise<string> => {
  const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
  const response = await call('POST', '/api/plans/add', {
    as: owner.token,
    json: { title: 'Game Night', location, start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' },
  })
  return textAt(response, '_id')
}

const USER_NOT_FOUND = { detail: 'No User matches the given query.' }

describe('two members, one of whom blocks the other', () => {
  test('cannot send each other friend requests: both get the 404 for an unknown user', async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    expect((await block(ada, bob)).status).toBeLessThan(300)
    for (const [from, to] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      const requested = await requestFriend(from, to)
      expect([requested.status, requested.json]).toEqual([404, USER_NOT_FOUND])
    }
    expect((await unblock(ada, bob)).status).toBeLessThan(300)
    expect((await requestFriend(bob, ada)).status).toBe(201)
  })

  test('are no longer friends, and earlier friend requests between them are deleted', async () => {
    const [ada, bob, cy] = [await person('ada'), await person('bob'), await person('cy')]
    const requested = await requestFriend(ada, bob)
    expect((await respond(bob, textAt(requested, 'id'), 'accept')).status).toBe(200)
    const pending = await requestFriend(cy, ada)
    await block(bob, ada)
    await block(ada, cy)
    for (const reader of [ada, bob, cy]) {
      expect((await call('GET', '/api/friends/', { as: reader.token })).json).toMatchObject({
        friends: [],
        incoming_requests: [],
        outgoing_requests: [],
      })
    }
    expect((await respond(ada, textAt(pending, 'id'), 'accept')).status).toBe(404)
  })

  test("do not see each other's plans, by any route", async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    const [adasPlan, bobsPlan] = [await createPlan(ada), await createPlan(bob)]
    expect((await call('POST', '/api/rsvp/add', { as: ada.token, json: { plan_id: bobsPlan } })).status).toBe(201)
    await block(ada, bob)
    for (const [reader, otherPlan, ownPlan] of [
      [ada, bobsPlan, adasPlan],
      [bob, adasPlan, bobsPlan],
    ] as const) {
      for (const query of ['', '?from=2035-01-01']) {
        const listed = await plansFor(reader, query)
        expect(listed).toContain(ownPlan)
        expect(listed).not.toContain(otherPlan)
      }
      const one = await call('GET', `/api/plans/${otherPlan}`, { as: reader.token })
      expect([one.status, one.json]).toEqual([404, { error: 'Plan not found' }])
      expect((await call('GET', `/api/plans/${otherPlan}/calendar.ics`, { as: reader.token })).status).toBe(404)
      expect((await call('GET', `/api/rsvp/plan/${otherPlan}`, { as: reader.token })).status).toBe(404)
      const rsvp = await call('POST', '/api/rsvp/add', { as: reader.token, json: { plan_id: otherPlan } })
      expect([rsvp.status, rsvp.json]).toEqual([404, { error: 'Plan not found' }])
    }
    expect((await call('GET', '/api/calendar.ics', { as: ada.token })).text).not.toContain(bobsPlan)
  })

  test('are both still visible to a third member', async () => {
    const [ada, bob, cy] = [await person('ada'), await person('bob'), await person('cy')]
    const adasPlan = await createPlan(ada)
    await block(ada, bob)
    expect(await plansFor(cy)).toContain(adasPlan)
    expect((await requestFriend(cy, ada)).status).toBe(201)
    expect((await requestFriend(cy, bob)).status).toBe(201)
  })

  test('never end up as friends when the block and the acceptance race', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const [ada, bob] = [await person('ada'), await person('bob')]
      const id = textAt(await requestFriend(ada, bob), 'id')
      await Promise.all([respond(bob, id, 'accept'), block(ada, bob)])
      const friends = await call('GET', '/api/friends/', { as: ada.token })
      expect(at(friends, 'friends')).toEqual([])
    }
  })
})
