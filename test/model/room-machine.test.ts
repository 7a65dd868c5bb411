import { describe, expect, test } from 'vitest'
import {
  CHECK_INTERVAL_MS,
  clientIdFor,
  consumeToken,
  DELIVERY_ALARM_MS,
  decideClaim,
  decideDeskFrame,
  decidePresence,
  decideResolution,
  decideRoomFrame,
  getsDeskEvent,
  getsMessage,
  getsSignal,
  inboxPosition,
  isAlarmInTime,
  isNewer,
  isOccupied,
  isStillResolved,
  messageTime,
  nextReadMarker,
  nextWakeUp,
  replyFor,
  reportRetryDelay,
  type TokenBucket,
} from '../../src/model/room-machine.ts'
import { type ClientFrame, type ConnectionState, isExpired } from '../../src/model/support.ts'

const connection = (changes: Partial<ConnectionState> = {}): ConnectionState => ({
  id: 7,
  username: 'sam',
  connectionId: 'phone',
  staff: false,
  credentialId: 'c',
  expiresAt: 1000,
  country: null,
  supportsV1: true,
  getsV1Frames: true,
  ...changes,
})

const OLD = connection({ supportsV1: false, getsV1Frames: false })
const STAFF = connection({ id: 1, username: 'ann', connectionId: 'desk', staff: true })
const HELLO: ClientFrame = { type: 'message', message: 'hello', clientId: 'x1', userId: 7 }
const SENDER = { id: 7, username: 'sam' }

describe('the time of a message', () => {
  test('is the clock, if the clock has not gone back', () => {
    expect(messageTime(null, 5)).toBe(5)
    expect(messageTime(5, 5)).toBe(5)
    expect(messageTime(5, 8)).toBe(8)
  })

  test('never decreases from one message to the next, however the clock jumps, and never runs ahead of its latest value', () => {
    let state = 1
    const random = (below: number): number => {
      state = (state * 48_271) % 0x7fffffff
      return state % below
    }
    for (let room = 0; room < 500; room++) {
      let [last, latestClock]: [number | null, number] = [null, 0]
      for (let message = 0; message < 50; message++) {
        const now = random(10) === 0 ? random(1_000_000) : Math.max(0, latestClock + random(100) - 40)
        latestClock = Math.max(latestClock, now)
        const sentAt = messageTime(last, now)
        expect(sentAt).toBe(latestClock)
        expect(sentAt).toBeGreaterThanOrEqual(last ?? 0)
        last = sentAt
      }
    }
  })
})

describe('the rate limit', () => {
  test('is not affected by a clock that is set back', () => {
    const limits = { burst: 3, perSecond: 1 }
    const first = consumeToken(null, limits, 3_600_000)
    const second = consumeToken(first.bucket, limits, 0)
    expect([second.result, second.bucket.level]).toEqual(['allowed', 1])
    expect(consumeToken(second.bucket, limits, 1000).bucket.level).toBe(1)
  })

  test.each([
    { burst: 3, perSecond: 1 },
    { burst: 1000, perSecond: 100 },
  ])('is applied as configured (%j), and a level far below zero is a flood', (limits) => {
    const { burst, perSecond } = limits
    const buckets = new Map<number, TokenBucket>()
    const consumeOne = (accountId: number, at: number) => {
      const { bucket, result } = consumeToken(buckets.get(accountId) ?? null, limits, at)
      buckets.set(accountId, bucket)
      return result
    }
    const consume = (times: number, at: number) => Array.from({ length: times }, () => consumeOne(1, at))
    expect(new Set(consume(burst, 0))).toEqual(new Set(['allowed']))
    expect(consume(1, 0)).toEqual(['slow-down'])
    expect(consumeOne(2, 0)).toBe('allowed')
    expect(consume(perSecond, 2000)).not.toContain('slow-down')
    expect(new Set(consume(perSecond, 2000))).toContain('slow-down')
    expect(consume(100, 2000).at(-1)).toBe('flood')
    expect(consume(burst, 3_600_000)).not.toContain('slow-down')
  })
})

describe('a frame in a room', () => {
  test('that is a message is stored, on behalf of the connection; only a client id makes it one of a new client', () => {
    expect(decideRoomFrame(STAFF, HELLO)).toEqual({
      action: {
        type: 'store',
        message: { sender: { id: 1, username: 'ann' }, fromAdmin: true, message: 'hello', clientId: 'x1', connectionId: 'desk' },
      },
      isFromV1Client: true,
    })
    expect(decideRoomFrame(OLD, { ...HELLO, clientId: null })).toEqual({
      action: { type: 'store', message: { sender: SENDER, fromAdmin: false, message: 'hello', clientId: null, connectionId: 'phone' } },
      isFromV1Client: false,
    })
  })

  test.each<[ClientFrame, object]>([
    [
      { type: 'typing', userId: null },
      { type: 'show-typing', byStaff: false },
    ],
    [
      { type: 'read', id: 4 },
      { type: 'mark-read', byStaff: false, id: 4 },
    ],
    [
      { type: 'resume', since: 3 },
      { type: 'catch-up', since: 3 },
    ],
  ])('that only new clients send (%j) makes the connection a new client', (frame, action) => {
    expect(decideRoomFrame(OLD, frame)).toEqual({ action, isFromV1Client: true })
  })

  test('that is invalid is answered to new clients only', () => {
    const frame: ClientFrame = { type: 'invalid', detail: 'no' }
    expect(decideRoomFrame(connection(), frame)).toEqual({ action: { type: 'reject', detail: 'no' }, isFromV1Client: false })
    expect(decideRoomFrame(OLD, frame)).toEqual({ action: { type: 'ignore' }, isFromV1Client: false })
    // A client that merely sent a client id did not ask for error frames.
    expect(decideRoomFrame({ ...OLD, getsV1Frames: true }, frame).action).toEqual({ type: 'ignore' })
  })
})

describe('a frame at the desk', () => {
  test('that is a message goes to the room of its person, and always with an id by which the room recognises it', () => {
    const message = { sender: { id: 1, username: 'ann' }, fromAdmin: true, message: 'hello', connectionId: 'desk' }
    expect(decideDeskFrame(STAFF, HELLO, 'new')).toEqual({
      action: { type: 'store', userId: 7, clientId: 'x1', message: { ...message, clientId: 'x1' } },
      isFromV1Client: true,
    })
    expect(decideDeskFrame(STAFF, { ...HELLO, clientId: null }, 'new')).toEqual({
      action: { type: 'store', userId: 7, clientId: null, message: { ...message, clientId: 'new' } },
      isFromV1Client: false,
    })
    expect(decideDeskFrame(OLD, { type: 'resume', since: 3 }, 'new')).toEqual({
      action: { type: 'catch-up', since: 3 },
      isFromV1Client: true,
    })
  })

  test.each<[ClientFrame, object]>([
    [
      { type: 'invalid', detail: 'no' },
      { type: 'reject', detail: 'no' },
    ],
    [
      { type: 'typing', userId: 7 },
      { type: 'fail', code: 'room-only' },
    ],
    [
      { type: 'read', id: 7 },
      { type: 'fail', code: 'room-only' },
    ],
    [
      { ...HELLO, userId: null },
      { type: 'fail', code: 'user-id-required' },
    ],
  ])('that is not accepted (%j) is answered to new clients only', (frame, action) => {
    expect(decideDeskFrame(STAFF, frame, 'new')).toEqual({ action, isFromV1Client: false })
    expect(decideDeskFrame(OLD, frame, 'new')).toEqual({ action: { type: 'ignore' }, isFromV1Client: false })
  })

  test('is replied to by what the room answers', () => {
    expect(replyFor(STAFF, 'x1', { id: 5 })).toEqual({ type: 'acknowledge', id: 5, clientId: 'x1' })
    expect(replyFor(STAFF, null, { id: 5 })).toEqual({ type: 'ignore' })
    expect(replyFor(OLD, 'x1', 'slow-down')).toEqual({ type: 'slow-down' })
    expect(replyFor(STAFF, 'x1', null)).toEqual({ type: 'fail', code: 'user-not-found' })
    expect(replyFor(STAFF, 'x1', 'failed')).toEqual({ type: 'fail', code: 'not-delivered' })
    expect(replyFor(OLD, 'x1', 'failed')).toEqual({ type: 'ignore' })
  })
})

test('who gets what', () => {
  expect([getsMessage(STAFF, 'phone'), getsMessage(STAFF, 'desk')]).toEqual([true, false])
  expect(clientIdFor(SENDER, { senderId: 7, clientId: 'x1' })).toBe('x1')
  expect(clientIdFor(STAFF, { senderId: 7, clientId: 'x1' })).toBeNull()
  expect([getsSignal(STAFF, connection()), getsSignal(OLD, STAFF), getsSignal(STAFF, STAFF)]).toEqual([true, false, false])
  expect([getsDeskEvent(OLD, 'chat_message', ''), getsDeskEvent(OLD, 'room', ''), getsDeskEvent(STAFF, 'room', '')]).toEqual([
    true,
    false,
    true,
  ])
  expect(getsDeskEvent(STAFF, 'chat_message', 'desk')).toBe(false)
  expect([isExpired({ expiresAt: 10 }, 9), isExpired({ expiresAt: 10 }, 10)]).toEqual([false, true])
})

test('a read marker moves forward only, and at most to the newest message', () => {
  expect([nextReadMarker(2, 5, 4), nextReadMarker(2, 5, 99), nextReadMarker(2, 5, 2), nextReadMarker(5, 5, 99)]).toEqual([4, 5, null, null])
})

test('the first claim counts', () => {
  expect(decideClaim(null, STAFF)).toEqual({ holder: STAFF, isChanged: true })
  expect(decideClaim(SENDER, STAFF)).toEqual({ holder: SENDER, isChanged: false })
})

test('the first connection of a person is reported, and the last; every staff connection changes the summary', () => {
  const opened = { type: 'opened', byStaff: false } as const
  const closed = { type: 'closed', byStaff: false } as const
  expect(decidePresence({ isOnline: false, connections: 1 }, opened)).toBe('connected')
  expect(decidePresence({ isOnline: true, connections: 2 }, opened)).toBe('none')
  expect(decidePresence({ isOnline: true, connections: 1 }, closed)).toBe('none')
  expect(decidePresence({ isOnline: true, connections: 0 }, closed)).toBe('disconnected')
  expect(decidePresence({ isOnline: false, connections: 0 }, closed)).toBe('none')
  expect(decidePresence({ isOnline: false, connections: 0 }, { ...opened, byStaff: true })).toBe('summary')
  expect(decidePresence({ isOnline: true, connections: 0 }, { ...closed, byStaff: true })).toBe('summary')
  expect(decidePresence({ isOnline: true, connections: 0 }, { type: 'checked', isStaffReported: false })).toBe('disconnected')
  expect(decidePresence({ isOnline: true, connections: 1 }, { type: 'checked', isStaffReported: false })).toBe('summary')
  expect(decidePresence({ isOnline: true, connections: 1 }, { type: 'checked', isStaffReported: true })).toBe('none')
})

test('the room wakes up for pending events, for an expiry, for the next check, or not at all', () => {
  const idle = { hasPendingEvents: false, failures: 0, expiries: [] }
  expect(nextWakeUp(idle, 0)).toBeNull()
  expect(nextWakeUp({ ...idle, hasPendingEvents: true }, 0)).toBe(DELIVERY_ALARM_MS)
  expect(nextWakeUp({ ...idle, hasPendingEvents: true, failures: 2 }, 0)).toBe(12_000)
  expect(nextWakeUp({ ...idle, expiries: [9_000_000] }, 0)).toBe(CHECK_INTERVAL_MS)
  expect(nextWakeUp({ ...idle, expiries: [9_000_000, 60_000] }, 10_000)).toBe(50_000)
  expect(nextWakeUp({ ...idle, expiries: [5] }, 10)).toBe(1000)
  expect([1, 2, 3, 6, 7, 5000].map(reportRetryDelay)).toEqual([6000, 12_000, 24_000, 192_000, 300_000, 300_000])
  expect([isAlarmInTime(null, 10, 0), isAlarmInTime(5, 10, 0), isAlarmInTime(11, 10, 0), isAlarmInTime(5, 10, 5)]).toEqual([
    false,
    true,
    false,
    false,
  ])
})

test('the inbox lists open alarms first, then who waits longest, then the last activity', () => {
  const alarm = (triggeredAt: string) => ({ alarmId: 'a', status: 'open', triggeredAt })
  const waiting = { unread: 2, waitingSince: 50, updatedAt: 900, resolved: null }
  expect(inboxPosition(waiting, alarm('1970-01-01T00:00:01Z'), 1000)).toEqual({ rank: 0, at: 1000 })
  expect(inboxPosition(waiting, null, 1000)).toEqual({ rank: 1, at: 50 })
  expect(inboxPosition({ ...waiting, unread: 0 }, null, null)).toEqual({ rank: 2, at: -900 })
  expect([{}, { online: true }, { staff: [1] }].map((changes) => isOccupied({ online: false, staff: [], ...changes }))).toEqual([
    false,
    true,
    true,
  ])
})

describe('a resolved conversation', () => {
  const by = { id: 1, username: 'ann' }

  test('is not resolved if the person has written a message that the staff member had not seen', () => {
    const state = { newest: 9, newestByPerson: 7 }
    expect(decideResolution(state, { by, seen: 7, now: 50 })).toEqual({ by, at: 50, upTo: 9 })
    expect(decideResolution(state, { by, seen: 6, now: 50 })).toBeNull()
    expect(decideResolution({ newest: 0, newestByPerson: 0 }, { by, seen: 0, now: 50 })).toEqual({ by, at: 50, upTo: 0 })
  })

  test('continues with the next message of either side', () => {
    expect([8, 9, 10].map((newest) => isStillResolved({ upTo: 9 }, newest))).toEqual([true, true, false])
  })

  test('is listed last, unless an alarm was triggered since, even if it is over', () => {
    const summary = { unread: 0, waitingSince: null, updatedAt: 900, resolved: { by, at: 500 } }
    expect(inboxPosition(summary, null, null)).toEqual({ rank: 3, at: -900 })
    expect(inboxPosition(summary, null, 500)).toEqual({ rank: 3, at: -900 })
    expect(inboxPosition(summary, null, 501)).toEqual({ rank: 2, at: -900 })
    expect(inboxPosition({ ...summary, unread: 1, waitingSince: 4 }, null, null)).toEqual({ rank: 1, at: 4 })
  })
})

test('a report counts if its version is newer, or if the room was erased since', () => {
  const stored = { epoch: 'a', version: 4 }
  expect([3, 4, 5].map((version) => isNewer({ epoch: 'a', version }, stored))).toEqual([false, false, true])
  expect(isNewer({ epoch: 'b', version: 1 }, stored)).toBe(true)
  expect(isNewer({ epoch: 'b', version: 1 }, null)).toBe(true)
})

/** A small generator of reproducible random numbers (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * A room in memory that opens, closes and loses connections, gets messages twice, and reports to a desk that fails half of
 * the time or loses the response.
 */
const simulate = (seed: number) => {
  const random = randomFrom(seed)
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
  let [now, failures, isOnline, delivered, nextConnection] = [0, 0, false, 0, 0]
  let alarmAt: number | null = null
  let open: ConnectionState[] = []
  const [outbox, atDesk]: [string[], Map<number, string>] = [[], new Map()]
  const stored: { senderId: number; clientId: string | null }[] = []
  const received = new Map<string, number[]>()

  const setAlarmWithin = (ms: number) => {
    if (!isAlarmInTime(alarmAt, now + ms, now)) alarmAt = now + ms
  }
  const connections = () => open.filter(({ staff }) => !staff).length
  const changePresence = (event: Parameters<typeof decidePresence>[1]) => {
    const change = decidePresence({ isOnline, connections: connections() }, event)
    if (change === 'none') return
    if (change !== 'summary') isOnline = change === 'connected'
    outbox.push(change)
    setAlarmWithin(DELIVERY_ALARM_MS)
  }
  const report = (isReliable: boolean) => {
    if (delivered === outbox.length) return
    const upTo = outbox.length
    const arrives = isReliable || random() < 0.5
    if (arrives) for (let seq = delivered; seq < upTo; seq++) atDesk.set(seq, outbox[seq] ?? '')
    if (arrives && (isReliable || random() < 0.8)) {
      delivered = upTo
      failures = 0
    } else setAlarmWithin(reportRetryDelay(++failures))
  }
  const alarm = (isReliable: boolean) => {
    now = Math.max(now, alarmAt ?? now)
    alarmAt = null
    changePresence({ type: 'checked', isStaffReported: true })
    report(isReliable)
    const expiries = open.map(({ expiresAt }) => expiresAt)
    const wakeUp = nextWakeUp({ hasPendingEvents: delivered < outbox.length, failures, expiries }, now)
    if (wakeUp !== null) setAlarmWithin(wakeUp)
  }
  const send = (sender: ConnectionState) => {
    const repeated = random() < 0.3 ? stored.findLast(({ senderId }) => senderId === sender.id)?.clientId : null
    const frame: ClientFrame = { type: 'message', message: 'm', clientId: repeated ?? `c${stored.length}`, userId: null }
    const { action } = decideRoomFrame(sender, frame)
    if (action.type !== 'store') throw new Error('a message that is not stored')
    const { clientId } = action.message
    if (stored.some((other) => other.senderId === sender.id && other.clientId === clientId)) return
    stored.push({ senderId: sender.id, clientId })
    for (const { connectionId } of open.filter((other) => getsMessage(other, sender.connectionId)))
      received.get(connectionId)?.push(stored.length)
    outbox.push('message')
    setAlarmWithin(DELIVERY_ALARM_MS)
  }

  for (let step = 0; step < 400; step++) {
    now += Math.floor(random() * 5000)
    const [choice, one] = [random(), pick(open)]
    if (choice < 0.2 || !one) {
      const byStaff = random() < 0.4
      const added = connection({ id: byStaff ? 1 : 7, staff: byStaff, connectionId: `s${nextConnection++}`, expiresAt: now + 3_600_000 })
      open.push(added)
      received.set(added.connectionId, [])
      changePresence({ type: 'opened', byStaff })
      setAlarmWithin(CHECK_INTERVAL_MS)
    } else if (choice < 0.35) {
      open = open.filter((other) => other !== one)
      changePresence({ type: 'closed', byStaff: one.staff })
    } else if (choice < 0.38)
      open = [] // a crash: no close events
    else if (choice < 0.8) send(one)
    else if (choice < 0.9) report(false)
    else alarm(false)
    // Whatever happened, an alarm is set as long as there is something to deliver or to check.
    if (delivered < outbox.length || open.length > 0 || isOnline) expect(alarmAt).not.toBeNull()
  }
  open = []
  for (let n = 0; n < 5 && alarmAt !== null; n++) alarm(true)
  return { alarmAt, isOnline, outbox, atDesk: [...atDesk.entries()].sort(([a], [b]) => a - b), received: [...received.values()], stored }
}

test.each(Array.from({ length: 100 }, (_, n) => n + 1))('a random history (seed %i) loses nothing and ends without an alarm', (seed) => {
  const { alarmAt, isOnline, outbox, atDesk, received, stored } = simulate(seed)
  expect([alarmAt, isOnline]).toEqual([null, false])
  expect(atDesk.map(([, event]) => event)).toEqual(outbox)
  const presence = outbox.filter((event) => event === 'connected' || event === 'disconnected')
  expect(presence).toEqual(presence.map((_, index) => (index % 2 === 0 ? 'connected' : 'disconnected')))
  expect(outbox.filter((event) => event === 'message')).toHaveLength(stored.length)
  for (const ids of received) expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b))
})
