import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../../support/call.ts'
import { befriend, pages, requestFriend, respond, UNKNOWN_ID } from '../../support/meetups.ts'
import { type Person, person } from '../../support/people.ts'

/** Friends and their requests, as the contract's document defines them. */

describe('/api/friends/', () => {
  test('a request is sent, listed on both sides and accepted', async () => {
    const [ross, rachel] = [await person('ross'), await person('rachel')]
    const requested = await requestFriend(ross, rachel)
    const id = textAt(requested, 'id')
    expect([requested.status, requested.text]).toEqual([
      201,
      `{"id":"${id}","sender":"${ross.objectId}","receiver":"${rachel.objectId}","status":"pending"}`,
    ])
    expect((await call('GET', '/api/friends/', { as: ross.token })).text).toBe(
      `{"current_user_id":"${ross.objectId}","friends":[],"incoming_requests":[],"outgoing_requests":[` +
        `{"id":"${rachel.objectId}","request_id":"${id}","username":"${rachel.username}","status":"pending"}]}`,
    )
    expect((await call('GET', '/api/friends/list/', { as: rachel.token })).text).toBe(
      `{"current_user_id":"${rachel.objectId}","friends":[],"incoming_requests":[` +
        `{"id":"${ross.objectId}","request_id":"${id}","username":"${ross.username}","status":"pending"}],"outgoing_requests":[]}`,
    )
    const accepted = await respond(rachel, id, 'accept')
    expect([accepted.status, accepted.text]).toEqual([200, `{"id":"${id}","status":"accepted"}`])
    expect((await call('GET', '/api/friends/list', { as: ross.token })).text).toBe(
      `{"current_user_id":"${ross.objectId}","friends":[` +
        `{"id":"${rachel.objectId}","username":"${rachel.username}","request_id":"${id}"}],"incoming_requests":[],"outgoing_requests":[]}`,
    )
  })

  test('a request in the other direction accepts the existing request', async () => {
    const [ross, rachel] = [await person(), await person()]
    const id = textAt(await requestFriend(ross, rachel), 'id')
    const back = await requestFriend(rachel, ross)
    expect([back.status, back.text]).toEqual([
      200,
      `{"id":"${id}","sender":"${ross.objectId}","receiver":"${rachel.objectId}","status":"accepted"}`,
    ])
  })

  test('invalid requests', async () => {
    const [ross, rachel] = [await person(), await person()]
    const requestError = async (from: Person, objectId: string) => {
      const response = await requestFriend(from, { objectId })
      return [response.status, response.text]
    }
    expect(await requestError(ross, ross.objectId)).toEqual([400, '{"detail":"Cannot send request to yourself"}'])
    for (const unknown of [UNKNOWN_ID, 'x', '1', '%27', '%00', '%ff', 'x'.repeat(5000)]) {
      expect(await requestError(ross, unknown)).toEqual([404, '{"detail":"No User matches the given query."}'])
    }
    await requestFriend(ross, rachel)
    expect(await requestError(ross, rachel.objectId)).toEqual([400, '{"detail":"Friend request already exists"}'])
    await requestFriend(rachel, ross)
    const FRIENDS = [400, '{"detail":"Friend request already exists or already friends"}']
    expect(await requestError(ross, rachel.objectId)).toEqual(FRIENDS)
    expect(await requestError(rachel, ross.objectId)).toEqual(FRIENDS)
  })

  test('friend requests are limited per hour', async () => {
    const [ross, rachel] = [await person(), await person()]
    const setCount = (requests: number, since: number) =>
      env.DB.prepare('INSERT OR REPLACE INTO friend_request_counts (account_id, since, requests) VALUES (?, ?, ?)')
        .bind(ross.id, since, requests)
        .run()
    await setCount(1000, Date.now() - 600_000)
    const refused = await requestFriend(ross, rachel)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(2900)
    expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(3000)
    expect(refused.text).toMatch(/^{"detail":"Request was throttled. Expected available in \d+ seconds."}$/)
    expect(at(await call('GET', '/api/friends/', { as: rachel.token }), 'incoming_requests')).toEqual([])
    await setCount(1000, Date.now() - 3_600_001)
    expect((await requestFriend(ross, rachel)).status).toBe(201)
  })

  test('an inactive account gets no requests and is in no list', async () => {
    const [ross, rachel] = [await person(), await person()]
    await requestFriend(ross, rachel)
    expect((await call('PATCH', '/users/deactivate/', { as: rachel.token, json: {} })).status).toBeLessThan(300)
    expect(at(await call('GET', '/api/friends/', { as: ross.token }), 'outgoing_requests')).toEqual([])
    expect((await requestFriend(await person(), rachel)).status).toBe(404)
  })

  test.each(['rejecter', 'rejected'])('after a rejection the %s can send a new request, in the same record', async (role) => {
    const [ross, rachel] = [await person(), await person()]
    const id = textAt(await requestFriend(ross, rachel), 'id')
    const rejected = await respond(rachel, id, 'reject')
    expect([rejected.status, rejected.text]).toEqual([200, `{"id":"${id}","status":"rejected"}`])
    for (const one of [ross, rachel]) {
      const listed = await call('GET', '/api/friends/', { as: one.token })
      expect([at(listed, 'friends'), at(listed, 'incoming_requests'), at(listed, 'outgoing_requests')]).toEqual([[], [], []])
    }
    const [from, to] = role === 'rejected' ? [ross, rachel] : [rachel, ross]
    const again = await requestFriend(from, to)
    expect([again.status, again.text]).toEqual([
      201,
      `{"id":"${id}","sender":"${from.objectId}","receiver":"${to.objectId}","status":"pending"}`,
    ])
    expect((await respond(from, id, 'accept')).status).toBe(403)
    expect((await respond(to, id, 'accept')).status).toBe(200)
  })

  test('a response is checked in this order: action, record, receiver', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const id = textAt(await requestFriend(ross, rachel), 'id')
    for (const action of ['perhaps', '', null, 1, true, ['accept'], undefined, 'ACCEPT']) {
      const response = await respond(third, UNKNOWN_ID, action)
      expect([response.status, response.text]).toEqual([400, '{"detail":"Invalid action"}'])
    }
    for (const unknown of [UNKNOWN_ID, 'x']) {
      const response = await respond(rachel, unknown, 'accept')
      expect([response.status, response.text]).toEqual([404, '{"detail":"No Friend matches the given query."}'])
    }
    for (const one of [ross, third]) {
      const response = await respond(one, id, 'accept')
      expect([response.status, response.text]).toEqual([403, '{"detail":"Not authorized"}'])
    }
    expect(at(await call('GET', '/api/friends/', { as: ross.token }), 'friends')).toEqual([])
  })

  test('either user can remove a record, by its id or by the id of the other user', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const remove = async (as: Person, id: string) => {
      const response = await call('DELETE', `/api/friends/remove/${id}/`, { as: as.token })
      return [response.status, response.text]
    }
    const record = await befriend(ross, rachel)
    expect(await remove(third, record)).toEqual([403, '{"detail":"Not authorized"}'])
    expect(await remove(ross, record)).toEqual([204, ''])
    expect(await remove(ross, record)).toEqual([404, '{"detail":"Not found"}'])
    await befriend(ross, rachel)
    expect(await remove(third, rachel.objectId)).toEqual([404, '{"detail":"Not found"}'])
    expect(await remove(rachel, rachel.objectId)).toEqual([404, '{"detail":"Not found"}'])
    expect(await remove(rachel, ross.objectId)).toEqual([204, ''])
    await requestFriend(ross, rachel)
    expect(await remove(ross, rachel.objectId)).toEqual([204, ''])
    for (const unknown of [UNKNOWN_ID, 'x', '%00', rachel.objectId])
      expect(await remove(ross, unknown)).toEqual([404, '{"detail":"Not found"}'])
  })

  test('the page size applies to the three lists together', async () => {
    const ross = await person()
    const others: Person[] = []
    for (let n = 0; n < 5; n++) others.push(await person())
    const [one, two, three, four, five] = others
    if (!one || !two || !three || !four || !five) throw new Error('expected five members')
    await requestFriend(ross, one)
    await requestFriend(two, ross)
    await befriend(ross, three)
    await requestFriend(four, ross)
    await befriend(five, ross)
    const listed = await pages(ross, '/api/friends/?limit=2')
    expect(listed.length).toBe(3)
    const idsOf = (list: string) => listed.flatMap((page) => [at(page, list)].flat()).map((item) => Reflect.get(Object(item), 'id'))
    expect(idsOf('friends')).toEqual([three.objectId, five.objectId])
    expect(idsOf('incoming_requests')).toEqual([two.objectId, four.objectId])
    expect(idsOf('outgoing_requests')).toEqual([one.objectId])
  })
})
