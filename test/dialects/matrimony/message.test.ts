import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { MESSAGE_RULE } from '../../../src/model/message.ts'
import {
  findConversation,
  findMessagesAndMarkRead,
  findReadMessages,
  findUnreadMessages,
  findUnreadMessagesOf,
  insertMessage,
} from '../../../src/store/direct-messages.ts'
import { at, call, type TestResponse } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { plan, subscribe, subscriber } from '../../support/matrimony.ts'
import { type Person, person } from '../../support/people.ts'

const send = (from: Person, to: { id: unknown }, content: unknown = 'Hello!') =>
  call('POST', '/message/', { as: from.token, json: { receiver_id: to.id, content } })

const get = (reader: Person, path: string): Promise<TestResponse> => call('GET', path, { as: reader.token })
const contents = (response: TestResponse): unknown[] => Object(response.json).map((row: Record<string, unknown>) => row.content)
const statuses = (response: TestResponse): unknown[] => Object(response.json).map((row: Record<string, unknown>) => row.status)
const alerts = async (reader: Person): Promise<unknown[]> =>
  Object((await get(reader, '/notification/getallunread/')).json)
    .filter((row: Record<string, unknown>) => row.notification_title === 'Unread Messages Alert')
    .map((row: Record<string, unknown>) => row.notification_content)

describe('39: sending', () => {
  test('a message reaches its receiver', async () => {
    const [sender, receiver] = await Promise.all([subscriber(), person()])
    const sent = await send(sender, receiver, ' Hello!\nHow are you? ')
    expect([sent.status, sent.text]).toEqual([201, '{"message":"Message Sent Successfully"}'])
    const response = await get(receiver, '/message/unreadmessages/')
    const { message_id: id, created_on: created } = Object(response.json)[0]
    expect(response.text).toBe(
      `[{"message_id":${id},"content":"Hello!\\nHow are you?","status":"unread","created_on":"${created}","updated_on":"${created}","received_at":"${created}","sender_id":${sender.id},"receiver_id":${receiver.id}}]`,
    )
  })

  test('requires an active subscription', async () => {
    const receiver = await person()
    const subscriptionNeeded = [403, '{"error":"You need a subscription to send messages."}']
    const sender = await person()
    const { status, text } = await send(sender, receiver)
    expect([status, text]).toEqual(subscriptionNeeded)
    for (const planId of [await plan('platinum', -1), await plan('platinum', 10, 'expired')]) {
      await subscribe(sender, planId)
      const response = await send(sender, receiver)
      expect([response.status, response.text]).toEqual(subscriptionNeeded)
    }
    await subscribe(sender, await plan('platinum', 0))
    expect((await send(sender, receiver)).status).toBe(201)
  })

  test.each([
    ['basic', 10],
    ['premium', 40],
  ])('the plan %s allows %i messages, even if many are sent at once', async (type, limit) => {
    const [sender, receiver] = await Promise.all([subscriber(type), person()])
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => send(sender, receiver, `${index}`)))
    expect(answers.filter(({ status }) => status === 201).length).toBe(limit)
    const overLimit = await send(sender, receiver)
    expect([overLimit.status, overLimit.text]).toEqual([
      403,
      `{"error":"You have reached your message limit of ${limit} for your subscription plan."}`,
    ])
    expect(Object((await get(receiver, '/message/unreadmessages/')).json).length).toBe(limit)
    expect(await alerts(receiver)).toEqual([`You have ${limit} unread messages.`])
    await subscribe(sender, await plan('platinum'))
    expect((await send(sender, receiver)).status).toBe(201)
  })

  test.each(['platinum', 'Gold'])('the plan %s has no limit', async (type) => {
    const [sender, receiver] = await Promise.all([subscriber(type), person()])
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(sender, receiver)))
    expect(answers.every(({ status }) => status === 201)).toBe(true)
  })

  test('more than three hundred messages a minute are rejected with 429', async () => {
    const [sender, receiver] = await Promise.all([subscriber(), person()])
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
       INSERT INTO direct_messages (sender_id, receiver_id, content, created_at, updated_at) SELECT ?, ?, 'x', ?, 0 FROM n`,
    )
      .bind(sender.id, receiver.id, Date.now())
      .run()
    const response = await send(sender, receiver)
    expect([response.status, response.headers.get('Retry-After')]).toEqual([429, '60'])
  })

  test('an invalid receiver or content is rejected', async () => {
    const [sender, receiver, deactivated] = await Promise.all([subscriber(), person(), person()])
    await call('PATCH', '/users/deactivate/', { as: deactivated.token })
    const errorText = async (to: unknown, content: unknown = 'x') => {
      const response = await send(sender, { id: to }, content)
      expect(response.status).toBe(400)
      return response.text
    }
    expect(await errorText(999999)).toBe('{"receiver_id":["Invalid pk \\"999999\\" - object does not exist."]}')
    expect(await errorText(deactivated.id)).toBe(`{"receiver_id":["Invalid pk \\"${deactivated.id}\\" - object does not exist."]}`)
    expect(await errorText('x')).toBe('{"receiver_id":["Incorrect type. Expected pk value, received str."]}')
    expect(await errorText(sender.id)).toBe('{"error":"You cannot send a message to yourself."}')
    expect(await errorText(receiver.id, '')).toBe('{"content":["This field may not be blank."]}')
    expect(await errorText(receiver.id, 'x'.repeat(5001))).toBe('{"content":["Ensure this field has no more than 5000 characters."]}')
    expect(await errorText(undefined, null)).toBe('{"receiver_id":["This field is required."],"content":["This field may not be null."]}')
    expect((await send(sender, receiver, 'x'.repeat(5000))).status).toBe(201)
    const anonymous = await call('POST', '/message/', { json: { receiver_id: receiver.id, content: 'x' } })
    expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
  })

  test('a block stops messages in both directions', async () => {
    const [one, other] = await Promise.all([subscriber(), subscriber()])
    await call('POST', `/matching/block/${other.id}/`, { as: one.token })
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const response = await send(from, to)
      expect([response.status, response.text]).toEqual([403, '{"error":"This user is not receiving messages from you."}'])
    }
    await call('DELETE', `/matching/block/${other.id}/`, { as: one.token })
    expect((await send(other, one)).status).toBe(201)
  })
})

describe('40–42: reading', () => {
  test('reading the new messages marks them and their notification as read', async () => {
    const [sender, receiver] = await Promise.all([subscriber(), person()])
    for (const content of ['one', 'two', 'three']) await send(sender, receiver, content)
    expect((await get(receiver, '/message/')).text).toBe('[]')
    expect(contents(await get(receiver, '/message/unreadmessages/'))).toEqual(['three', 'two', 'one'])
    expect(contents(await get(receiver, '/message/unreadmessages/'))).toEqual(['three', 'two', 'one'])
    expect(await alerts(receiver)).toEqual(['You have 3 unread messages.'])

    const newMessages = await get(receiver, '/message/getnewmessages')
    expect([contents(newMessages), statuses(newMessages)]).toEqual([
      ['three', 'two', 'one'],
      ['read', 'read', 'read'],
    ])
    expect((await get(receiver, '/message/unreadmessages/')).text).toBe('[]')
    expect(await alerts(receiver)).toEqual([])
    expect(contents(await get(receiver, '/message/'))).toEqual(['one', 'two', 'three'])

    await send(sender, receiver, 'four')
    expect(await alerts(receiver)).toEqual(['You have 1 unread messages.'])
    expect(contents(await get(receiver, '/message/messagebyreceiver/'))).toEqual(['four', 'three', 'two', 'one'])
    expect(await alerts(receiver)).toEqual([])
    expect((await get(sender, '/message/getnewmessages')).text).toBe('[]')
  })

  test('page by page, and only the messages of the returned page become read', async () => {
    const [sender, receiver] = await Promise.all([subscriber(), person()])
    for (const content of ['one', 'two', 'three', 'four', 'five']) await send(sender, receiver, content)
    const first = await get(receiver, '/message/getnewmessages?limit=2')
    expect(contents(first)).toEqual(['five', 'four'])
    expect(contents(await get(receiver, '/message/unreadmessages/'))).toEqual(['three', 'two', 'one'])
    expect(await alerts(receiver)).toEqual(['You have 3 unread messages.'])
    const next = String(first.headers.get('Link')).replace(/^<https:\/\/concord\.test(.*)>; rel="next"$/, '$1')
    expect(contents(await get(receiver, next))).toEqual(['three', 'two'])
    expect(contents(await get(receiver, '/message/?limit=1'))).toEqual(['two'])
    expect((await get(receiver, '/message/?limit=0')).status).toBe(400)
    expect((await get(receiver, '/message/?cursor=x')).status).toBe(400)
  })

  test('a message that arrives during a read is neither lost nor marked as read before it was returned', async () => {
    const [sender, receiver] = await Promise.all([subscriber(), person()])
    const seen = new Set<unknown>()
    await Promise.all([
      ...Array.from({ length: 25 }, (_, index) => send(sender, receiver, `${index}`)),
      ...Array.from({ length: 25 }, async () => {
        for (const content of contents(await get(receiver, '/message/getnewmessages'))) seen.add(content)
      }),
    ])
    const unread = contents(await get(receiver, '/message/unreadmessages/'))
    expect(unread.length > 0 ? [`You have ${unread.length} unread messages.`] : []).toEqual(await alerts(receiver))
    expect(new Set([...seen, ...unread]).size).toBe(25)
    expect(unread.some((content) => seen.has(content))).toBe(false)
  })
})

describe('a conversation', () => {
  test('lists both sides, oldest first, and marks nothing as read', async () => {
    const [one, other, third] = await Promise.all([subscriber(), subscriber(), subscriber()])
    await send(one, other, 'Hello')
    await send(other, one, 'Hello yourself')
    await send(third, one, 'And I?')
    await send(one, other, 'Bye')
    for (const [reader, partner] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(contents(await get(reader, `/message/viewhistory/${partner.id}/`))).toEqual(['Hello', 'Hello yourself', 'Bye'])
    }
    expect((await get(other, `/message/viewhistory/${third.id}`)).text).toBe('[]')
    expect(contents(await get(one, '/message/unreadmessages/')).length).toBe(2)
    for (const id of ['999999', '0', 'x']) {
      const response = await get(one, `/message/viewhistory/${id}/`)
      expect([response.status, response.text]).toEqual([404, '{"detail":"No CustomUser matches the given query."}'])
    }
  })
})

describe('31: unread messages', () => {
  const T = 'You do not have permission to perform this action.'

  test('can be read by their receiver and by an admin', async () => {
    const [sender, receiver] = await Promise.all([subscriber(), person()])
    const none = await get(receiver, `/notification/unread/${receiver.id}`)
    expect([none.status, none.text]).toEqual([200, '{"unread_count":0,"unread_messages":[],"notification":"No unread messages."}'])
    await send(sender, receiver, 'one')
    const one = await get(receiver, `/notification/unread/${receiver.id}`)
    const message = JSON.stringify(at(one, 'unread_messages', 0))
    expect(one.text).toBe(`{"unread_count":1,"unread_messages":[${message}],"notification":"You have 1 unread messages."}`)
    await send(sender, receiver, 'two')
    await env.DB.prepare('UPDATE accounts SET is_admin = 1 WHERE id = ?').bind(sender.id).run()
    const two = await get(sender, `/notification/unread/${receiver.id}/`)
    expect([at(two, 'unread_count'), at(two, 'unread_messages', 0, 'content'), at(two, 'notification')]).toEqual([
      2,
      'two',
      'You have 2 unread messages.',
    ])
    expect(await alerts(receiver)).toEqual(['You have 2 unread messages.'])
    const unknown = await get(sender, '/notification/unread/999999')
    expect([unknown.status, unknown.text]).toEqual([404, '{"detail":"No CustomUser matches the given query."}'])
  })

  test('are forbidden for another member, who does not learn which accounts exist', async () => {
    const [otherMember, receiver] = await Promise.all([person(), person()])
    for (const id of [receiver.id, 999999, 'x']) {
      const response = await get(otherMember, `/notification/unread/${id}`)
      expect([response.status, response.text]).toEqual([403, `{"error":"${T}","message":"${T}"}`])
    }
  })
})

test('every list uses an index, and sending counts messages through an index', async () => {
  const page = { after: 5, limit: 10 }
  for (const read of [findReadMessages, findUnreadMessages, findUnreadMessagesOf]) {
    for (const after of [5, null]) expect(expensiveSteps(await explain((store) => read(store, 1, { ...page, after })))).toEqual([])
  }
  expect(expensiveSteps(await explain((store) => findConversation(store, 1, 2, page)))).toEqual([])
  expect(
    expensiveSteps(await explain((store) => findMessagesAndMarkRead(store, 1, { ...page, maxBytes: 1000, itemBytes: 10 }, 1))),
  ).toEqual([])
  const message = { senderId: 1, receiverId: 2, content: 'x', today: '2026-01-01', now: 1 }
  const sending = await explain((store) => insertMessage(store, message, MESSAGE_RULE))
  expect(expensiveSteps(sending)).toEqual([])
  expect(sending.join()).toContain('direct_messages_sent (sender_id=?)')
})
