import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../support/call.ts'
import { type Person, person } from '../support/people.ts'

/** A block is made in one contract and keeps two people apart in all of them, both ways. */

const block = (who: Person, whom: Person) => call('POST', `/matching/block/${whom.id}/`, { as: who.token })
const unblock = (who: Person, whom: Person) => call('DELETE', `/matching/block/${whom.id}/`, { as: who.token })
const ask = (who: Person, whom: Person) => call('POST', `/api/friends/request/${whom.objectId}/`, { as: who.token })
const answer = (who: Person, id: string, action: string) => call('POST', `/api/friends/respond/${id}/`, { as: who.token, json: { action } })
const plansOf = async (who: Person, query = '') => (await call('GET', `/api/plans${query}`, { as: who.token })).text

const plan = async (who: Person): Promise<string> => {
  const location = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
  const made = await call('POST', '/api/plans/add', {
    as: who.token,
    json: { title: 'Game Night', location, start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' },
  })
  return textAt(made, '_id')
}

const NOBODY = { detail: 'No User matches the given query.' }

describe('two people, one of whom blocks the other', () => {
  test('ask each other in vain, and hear what is said of somebody who is not there', async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    expect((await block(ada, bob)).status).toBeLessThan(300)
    for (const [who, whom] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      const asked = await ask(who, whom)
      expect([asked.status, asked.json]).toEqual([404, NOBODY])
    }
    expect((await unblock(ada, bob)).status).toBeLessThan(300)
    expect((await ask(bob, ada)).status).toBe(201)
  })

  test('are friends no more, and what was asked before is gone', async () => {
    const [ada, bob, cy] = [await person('ada'), await person('bob'), await person('cy')]
    const asked = await ask(ada, bob)
    expect((await answer(bob, textAt(asked, 'id'), 'accept')).status).toBe(200)
    const pending = await ask(cy, ada)
    await block(bob, ada)
    await block(ada, cy)
    for (const who of [ada, bob, cy]) {
      expect((await call('GET', '/api/friends/', { as: who.token })).json).toMatchObject({
        friends: [],
        incoming_requests: [],
        outgoing_requests: [],
      })
    }
    expect((await answer(ada, textAt(pending, 'id'), 'accept')).status).toBe(404)
  })

  test("do not see each other's plans, by any door", async () => {
    const [ada, bob] = [await person('ada'), await person('bob')]
    const [hers, his] = [await plan(ada), await plan(bob)]
    expect((await call('POST', '/api/rsvp/add', { as: ada.token, json: { plan_id: his } })).status).toBe(201)
    await block(ada, bob)
    for (const [who, theirs, own] of [
      [ada, his, hers],
      [bob, hers, his],
    ] as const) {
      for (const query of ['', '?from=2035-01-01']) {
        const listed = await plansOf(who, query)
        expect(listed).toContain(own)
        expect(listed).not.toContain(theirs)
      }
      const one = await call('GET', `/api/plans/${theirs}`, { as: who.token })
      expect([one.status, one.json]).toEqual([404, { error: 'Plan not found' }])
      expect((await call('GET', `/api/plans/${theirs}/calendar.ics`, { as: who.token })).status).toBe(404)
      expect((await call('GET', `/api/rsvp/plan/${theirs}`, { as: who.token })).status).toBe(404)
      const answered = await call('POST', '/api/rsvp/add', { as: who.token, json: { plan_id: theirs } })
      expect([answered.status, answered.json]).toEqual([404, { error: 'Plan not found' }])
    }
    expect((await call('GET', '/api/calendar.ics', { as: ada.token })).text).not.toContain(his)
  })

  test('are apart for no third', async () => {
    const [ada, bob, cy] = [await person('ada'), await person('bob'), await person('cy')]
    const hers = await plan(ada)
    await block(ada, bob)
    expect(await plansOf(cy)).toContain(hers)
    expect((await ask(cy, ada)).status).toBe(201)
    expect((await ask(cy, bob)).status).toBe(201)
  })

  test('never end up as friends when the block and the acceptance come at once', async () => {
    for (let round = 0; round < 10; round++) {
      const [ada, bob] = [await person('ada'), await person('bob')]
      const id = textAt(await ask(ada, bob), 'id')
      await Promise.all([answer(bob, id, 'accept'), block(ada, bob)])
      const friends = await call('GET', '/api/friends/', { as: ada.token })
      expect(at(friends, 'friends')).toEqual([])
    }
  })
})
