import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { SupportDesk } from '../../src/durable/support-desk.ts'
import { SupportRoom } from '../../src/durable/support-room.ts'
import type { Outcome } from '../../src/model/alarm.ts'
import { clock, MINUTE, recordingCarriers, rows, runAlarm, SENT, setDependencies } from '../support/alarms.ts'
import { at, call } from '../support/call.ts'
import { type Person, person, personWith } from '../support/people.ts'
import { type Client, type Frame, joinDesk, joinRoom, until } from '../support/sockets.ts'

/** What a person who waits for support is told, over real sockets. */

const roomOf = (person: Person) => env.SUPPORT_ROOM.getByName(String(person.id))
const deskObject = () => env.SUPPORT_DESK.getByName('desk')

const replaceInRoom = (person: Person, dependencies: Partial<SupportRoom['dependencies']>): Promise<void> =>
  runInDurableObject(roomOf(person), (room) => {
    if (!(room instanceof SupportRoom)) throw new Error('no room')
    room.dependencies = { ...room.dependencies, ...dependencies }
  })

const replaceInDesk = (dependencies: Partial<SupportDesk['dependencies']>): Promise<void> =>
  runInDurableObject(deskObject(), (desk) => {
    if (!(desk instanceof SupportDesk)) throw new Error('no desk')
    desk.dependencies = { ...desk.dependencies, ...dependencies }
  })

const sendMessage = async (client: Client, message: string): Promise<number> => {
  const clientId = crypto.randomUUID()
  client.send({ message, client_id: clientId })
  return Number((await client.waitForFrame({ type: 'ack', client_id: clientId })).id)
}

const ofType = (client: Client, type: string): Frame[] => client.frames.filter((frame) => frame.type === type)
const lastDeskState = (client: Client): unknown => ofType(client, 'desk').at(-1)?.staffed

describe('whether somebody is at the desk', () => {
  test('is told on connecting, and when the first staff member comes and the last one has left', async () => {
    const [sam, eve] = [await person('sam'), await person('eve')]
    const [staff, other] = [await personWith('is_staff'), await personWith('is_admin')]
    const phone = await joinRoom(sam)
    expect(await phone.waitForFrame({ type: 'desk' })).toEqual({
      type: 'desk',
      staffed: false,
      identifier: String(sam.id),
      user_id: String(sam.id),
    })
    const desk = await joinDesk(staff)
    await phone.waitForFrame({ type: 'desk', staffed: true })
    // Another device, and somebody who comes later, learn it at once.
    const laptop = await joinRoom(sam)
    await laptop.waitForFrame({ type: 'desk', staffed: true })
    const late = await joinRoom(eve)
    await late.waitForFrame({ type: 'desk', staffed: true })
    const second = await joinDesk(other)
    desk.socket.close(1000)
    await runDurableObjectAlarm(deskObject())
    second.socket.close(1000)
    await until(async () => {
      await runDurableObjectAlarm(deskObject())
      return [phone, laptop, late].every((client) => lastDeskState(client) === false)
    })
    expect(ofType(phone, 'desk').map(({ staffed }) => staffed)).toEqual([false, true, false])
    expect(ofType(late, 'desk').map(({ staffed }) => staffed)).toEqual([true, false])
  })

  test('does not flicker when staff reload the console', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff)
    const phone = await joinRoom(sam)
    await phone.waitForFrame({ type: 'desk', staffed: true })
    desk.socket.close(1000)
    const again = await joinDesk(staff)
    await runDurableObjectAlarm(deskObject())
    await sendMessage(phone, 'still here')
    expect(ofType(phone, 'desk').map(({ staffed }) => staffed)).toEqual([true])
    again.socket.close(1000)
  })

  test('is told to a room that could not be reached, as soon as it can', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    await until(async () => {
      await runDurableObjectAlarm(deskObject())
      return runInDurableObject(deskObject(), (_desk, state) => state.getWebSockets().length === 0)
    })
    const phone = await joinRoom(sam)
    await phone.waitForFrame({ type: 'desk', staffed: false })
    let attempts = 0
    const notifyRoom = await runInDurableObject(deskObject(), (desk) => {
      if (!(desk instanceof SupportDesk)) throw new Error('no desk')
      return desk.dependencies.notifyRoom
    })
    await replaceInDesk({
      notifyRoom: async () => {
        attempts++
        throw new Error('the room is down')
      },
    })
    const desk = await joinDesk(staff)
    await until(() => attempts > 0)
    expect(lastDeskState(phone)).toBe(false)
    await replaceInDesk({ notifyRoom })
    await until(async () => {
      await runDurableObjectAlarm(deskObject())
      return lastDeskState(phone) === true
    })
    desk.socket.close(1000)
  })

  test('staff whose line died without a close frame are not there after some minutes, and are when they are heard again', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const desk = await joinDesk(staff)
    const phone = await joinRoom(sam)
    await phone.waitForFrame({ type: 'desk', staffed: true })
    const ping = async (): Promise<void> => {
      const before = desk.texts.length
      desk.send('ping')
      await until(() => desk.texts.slice(before).includes('pong'))
    }
    const stateAfter = async (minutes: number): Promise<void> => {
      const start = Date.now()
      await replaceInDesk({ now: () => start + minutes * MINUTE })
      await runDurableObjectAlarm(deskObject())
    }
    // A client that never pings is not missed.
    await stateAfter(10)
    await ping()
    await stateAfter(2)
    await stateAfter(4)
    await phone.waitForFrame({ type: 'desk', staffed: false })
    await ping()
    await stateAfter(0)
    await until(() => lastDeskState(phone) === true)
    expect(ofType(phone, 'desk').map(({ staffed }) => staffed)).toEqual([true, false, true])
    await replaceInDesk({ now: () => Date.now() })
    desk.socket.close(1000)
  })

  test('is not sent to old clients, nor to staff in the room', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [old, helper, phone] = [await joinRoom(sam, sam, { old: true }), await joinRoom(sam, staff), await joinRoom(sam)]
    await phone.waitForFrame({ type: 'desk' })
    const desk = await joinDesk(staff)
    await phone.waitForFrame({ type: 'desk', staffed: true })
    expect(old.frames).toEqual([])
    expect(ofType(helper, 'desk')).toEqual([])
    desk.socket.close(1000)
  })
})

describe('the first message of a conversation', () => {
  test('is answered once, at once, with what happens next and the numbers; every new client sees it, old ones do not', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await joinRoom(sam), await joinRoom(sam, sam, { old: true }), await joinRoom(sam, staff)]
    const id = await sendMessage(phone, 'Is anybody there?')
    const notice = await phone.waitForFrame({ type: 'notice' })
    expect(notice).toMatchObject({ id: 1, after: id, identifier: String(sam.id), user_id: String(sam.id) })
    expect(notice.message).toContain('Your message is stored.')
    expect(notice.message).toContain('Call now: 112, 911, 999.')
    expect(await helper.waitForFrame({ type: 'notice' })).toEqual(notice)
    await sendMessage(phone, 'Hello?')
    await laptop.waitForFrame({ message: 'Hello?' })
    expect(laptop.messages()).toEqual(['Is anybody there?', 'Hello?'])
    expect(laptop.frames).toHaveLength(2)
    await evictDurableObject(roomOf(sam))
    const reloaded = await joinRoom(sam)
    expect(await reloaded.waitForFrame({ type: 'notice' })).toEqual(notice)
    expect(ofType(phone, 'notice')).toHaveLength(1)
  })

  test('is not a message of the contract: it is in no list and no transcript, and nobody counts as having answered', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const phone = await joinRoom(sam)
    await sendMessage(phone, 'one')
    await phone.waitForFrame({ type: 'notice' })
    const path = `/api/v1/chat/user/support/${sam.id}/messages`
    const own = await call('GET', `${path}/`, { as: sam.token })
    expect([at(own, 'messages', 0, 'message'), at(own, 'messages', 1), at(own, 'unread')]).toEqual(['one', undefined, 0])
    expect(at(await call('GET', `${path}/`, { as: staff.token }), 'unread')).toBe(1)
    expect((await call('GET', `${path}.txt`, { as: sam.token })).text).not.toContain('Your message is stored')
    expect(await sendMessage(phone, 'two')).toBe(2)
  })

  test('names the numbers of the country of the connection', async () => {
    const sam = await person('sam')
    const response = await roomOf(sam).fetch(await handshakeFrom(sam, 'DE'))
    const { webSocket } = response
    if (!webSocket) throw new Error('no socket')
    const received = new Promise<string>((resolve) => {
      webSocket.addEventListener('message', ({ data }) => String(data).includes('"notice"') && resolve(String(data)))
    })
    webSocket.accept()
    webSocket.send('{"message":"hallo"}')
    expect(await received).toContain('Call now: Emergency 112, TelefonSeelsorge')
  })

  test('sent twice, or by two devices at once, gets one answer; a staff message gets none', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [phone, laptop, helper] = [await joinRoom(sam), await joinRoom(sam), await joinRoom(sam, staff)]
    for (const client of [phone, laptop]) for (let n = 0; n < 5; n++) client.send({ message: 'once', client_id: 'a' })
    laptop.send({ message: 'and more', client_id: 'b' })
    await until(() => ofType(laptop, 'ack').length === 6)
    expect(ofType(phone, 'notice')).toHaveLength(1)
    const eve = await person('eve')
    const outreach = await joinRoom(eve, staff)
    await sendMessage(outreach, 'How are you today?')
    const answer = await joinRoom(eve)
    await sendMessage(answer, 'Fine')
    expect([ofType(outreach, 'notice'), ofType(answer, 'notice')]).toEqual([[], []])
    expect(ofType(helper, 'notice')).toHaveLength(1)
  })

  test('after staff have resolved the conversation, the next message starts a new one', async () => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const phone = await joinRoom(sam)
    const id = await sendMessage(phone, 'one')
    await call('POST', `/console/api/rooms/${sam.id}/resolve/`, { as: staff.token, json: { last_message: id } })
    await sendMessage(phone, 'two')
    await until(() => ofType(phone, 'notice').length === 2)
    await sendMessage(phone, 'three')
    expect(ofType(phone, 'notice').map(({ after }) => after)).toEqual([1, 2])
  })
})

/** A handshake as the Worker forwards it. */
const handshakeFrom = async ({ id, username, token }: Person, country: string): Promise<Request> => {
  const own = { id, username }
  const [, payload = ''] = token.replace('Token ', '').split('.')
  const credentialId = String(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).jti)
  const expiresAt = Date.now() + 60 * MINUTE
  const connection = { ...own, connectionId: 'c', staff: false, credentialId, expiresAt, supportsV1: true, since: null, country }
  const header = encodeURIComponent(JSON.stringify({ person: own, connection }))
  return new Request('https://concord.test/', { headers: { Upgrade: 'websocket', 'X-Concord-Connection': header } })
}

describe('a reply that the person does not see', () => {
  const REFUSED: Outcome = { type: 'retry', reason: 'HTTP 503', afterMs: null }

  /** A person who has written, got a reply, and left. `later` lets time pass in the room, and runs its alarm. */
  const setUp = async (outcome: Parameters<typeof recordingCarriers>[0] = SENT) => {
    const [sam, staff] = [await person('sam'), await personWith('is_staff')]
    const [time, recorded] = [clock(), recordingCarriers(outcome)]
    await setDependencies(sam, { now: time.now, carriers: recorded.carriers })
    const phone = await joinRoom(sam)
    await sendMessage(phone, 'Is anybody there?')
    phone.socket.close(1000)
    const helper = await joinRoom(sam, staff)
    const start = Date.now()
    const later = async (minutes: number): Promise<void> => {
      await replaceInRoom(sam, { now: () => start + minutes * MINUTE })
      await runDurableObjectAlarm(roomOf(sam))
    }
    const emails = async (): Promise<readonly { readonly subject: string; readonly body: string; readonly address: string }[]> => {
      await runAlarm(sam)
      return recorded.to('email')
    }
    return { sam, staff, time, recorded, helper, later, emails }
  }

  test('is announced by e-mail after some minutes, once, without its text; no earlier', async () => {
    const { sam, helper, later, emails } = await setUp()
    await sendMessage(helper, 'a secret answer')
    await sendMessage(helper, 'and another')
    await later(4)
    expect(await emails()).toEqual([])
    await later(5.1)
    const [email, ...others] = await emails()
    expect(others).toEqual([])
    expect(email?.address).toBe(sam.email)
    expect(`${email?.subject} ${email?.body}`).not.toMatch(/secret|another|support/i)
    await sendMessage(helper, 'a third one')
    await later(30)
    expect(await emails()).toHaveLength(1)
  })

  test('is announced by the alarm that the room has set when it stored the reply, and after the object has restarted', async () => {
    const { sam, helper, later, emails } = await setUp()
    await sendMessage(helper, 'an answer')
    helper.socket.close(1000)
    await later(1)
    const alarmAt = await until(() => runInDurableObject(roomOf(sam), (_room, state) => state.storage.getAlarm()))
    expect(alarmAt).toBeLessThanOrEqual(Date.now() + 5 * MINUTE)
    await evictDurableObject(roomOf(sam))
    await later(5.1)
    expect(await emails()).toHaveLength(1)
  })

  test('is announced again only after the person has been back and has left again', async () => {
    const { sam, helper, later, emails } = await setUp()
    await sendMessage(helper, 'one')
    await later(6)
    expect(await emails()).toHaveLength(1)
    // A connection in a page that nobody looks at is not yet a return.
    const phone = await joinRoom(sam)
    phone.socket.close(1000)
    await sendMessage(helper, 'two')
    await later(20)
    expect(await emails()).toHaveLength(1)
    const back = await joinRoom(sam)
    back.send({ type: 'read', id: 3 })
    await helper.waitForFrame({ type: 'read', id: 3 })
    back.socket.close(1000)
    await sendMessage(helper, 'three')
    await later(40)
    expect(await emails()).toHaveLength(2)
  })

  const sendReadMark = (phone: Client, helper: Client): Promise<Frame> => {
    phone.send({ type: 'read', id: 2 })
    return helper.waitForFrame({ type: 'read', id: 2, from_admin: false })
  }

  test.each<[string, (sam: Person, phone: Client, helper: Client) => Promise<unknown>]>([
    ['a read mark', (_sam, phone, helper) => sendReadMark(phone, helper)],
    ['a message', (_sam, phone) => sendMessage(phone, 'thank you')],
    ['a request for the messages', (sam) => call('GET', `/api/v1/chat/user/support/${sam.id}/messages/`, { as: sam.token })],
  ])('is not announced after %s', async (_what, see) => {
    const { sam, helper, later, emails } = await setUp()
    await sendMessage(helper, 'an answer')
    const phone = await joinRoom(sam)
    await see(sam, phone, helper)
    await later(6)
    expect(await emails()).toEqual([])
  })

  test('is not announced to a person who has an old client open, which sends no read marks', async () => {
    const { sam, helper, later, emails } = await setUp()
    const app = await joinRoom(sam, sam, { old: true })
    await sendMessage(helper, 'an answer')
    await app.waitForFrame({ message: 'an answer' })
    await later(6)
    app.socket.close(1000)
    await later(12)
    expect(await emails()).toEqual([])
  })

  test('is not announced without an address, and reaches the webhook all the same', async () => {
    const { sam, helper, later, recorded, emails } = await setUp()
    const requests: string[] = []
    const webhook = {
      name: 'test-webhook',
      send: async ({ body }: { readonly body: string }) => {
        requests.push(body)
        return SENT
      },
    }
    await setDependencies(sam, { carriers: { ...recorded.carriers, webhook } })
    await env.DB.prepare("UPDATE accounts SET email = '', email_key = NULL WHERE id = ?").bind(sam.id).run()
    await sendMessage(helper, 'a secret answer')
    await later(6)
    expect(await emails()).toEqual([])
    expect(requests.map((body) => JSON.parse(body))).toEqual([
      { event: 'unseen_reply', identifier: String(sam.id), user_id: String(sam.id), username: sam.username, at: '2040-01-01T00:00:00Z' },
    ])
  })

  test('is not announced to a closed account', async () => {
    const { sam, helper, later, emails } = await setUp()
    await sendMessage(helper, 'an answer')
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(sam.id).run()
    await later(6)
    expect(await emails()).toEqual([])
  })

  test('is announced once if the room ends between telling the alarm object and remembering it', async () => {
    const { sam, helper, later, emails } = await setUp()
    await sendMessage(helper, 'an answer')
    const announceReply = await runInDurableObject(roomOf(sam), (room) => {
      if (!(room instanceof SupportRoom)) throw new Error('no room')
      return room.dependencies.announceReply
    })
    let calls = 0
    await replaceInRoom(sam, {
      announceReply: async (key) => {
        calls++
        await announceReply(key)
        if (calls < 3) throw new Error('the response is lost')
      },
    })
    for (let attempt = 0; attempt < 4; attempt++) await later(6)
    expect(calls).toBe(3)
    expect(await emails()).toHaveLength(1)
    await evictDurableObject(roomOf(sam))
    await later(7)
    expect(await emails()).toHaveLength(1)
  })

  test('is tried again while the provider is down, and is withdrawn if the person reads it meanwhile', async () => {
    let isDown = true
    const { sam, time, helper, later, recorded } = await setUp(() => (isDown ? REFUSED : SENT))
    await sendMessage(helper, 'an answer')
    await later(6)
    await runAlarm(sam)
    expect(recorded.to('email')).toHaveLength(1)
    const phone = await joinRoom(sam)
    phone.send({ type: 'read', id: 2 })
    await helper.waitForFrame({ type: 'read', id: 2 })
    isDown = false
    time.advance(30 * MINUTE)
    await runAlarm(sam)
    expect(recorded.to('email')).toHaveLength(1)
    expect(await rows(sam, "SELECT state FROM deliveries WHERE purpose = 'reply'")).toEqual([{ state: 'stopped' }])
    expect(await rows(sam, 'SELECT * FROM due')).toEqual([])
  })

  test('respects the limits of messages: of the account in a day, and of all accounts in a minute', async () => {
    const { sam, time, helper, later, emails } = await setUp()
    await sendMessage(helper, 'an answer')
    let isAllowed = false
    await setDependencies(sam, { allowsMessage: async () => isAllowed })
    await later(6)
    expect(await emails()).toEqual([])
    isAllowed = true
    time.advance(MINUTE)
    expect(await emails()).toHaveLength(1)

    const full = await setUp()
    await setDependencies(full.sam, { limits: { recipients: 5, messages: 0 } })
    await sendMessage(full.helper, 'an answer')
    await full.later(6)
    expect(await full.emails()).toEqual([])
    expect(await rows(full.sam, 'SELECT id FROM deliveries')).toEqual([])
  })
})
