import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import * as frames from '../../src/dialects/recovery/frames.ts'
import socketHost from '../../src/durable/socket-host.ts?raw'
import { SupportRoom } from '../../src/durable/support-room.ts'
import type { AlarmEvent } from '../../src/model/alarm.ts'
import type { ClientFrame, FrameError, InboxRoom, StoredMessage } from '../../src/model/support.ts'
import { DAY } from '../../src/model/time.ts'
import { call, at as valueAt } from '../support/call.ts'
import { withoutComments } from '../support/declarations.ts'
import { person, personWith } from '../support/people.ts'
import { joinDesk, joinRoom } from '../support/sockets.ts'
import { projectDocuments } from './facts.ts'
import { fencedBlocks, sectionOf, tableRows } from './markdown.ts'

/** docs/sockets.md against the code: every frame that the server builds and every frame that it accepts, the limits, and the close codes. */

const text = projectDocuments.texts['docs/sockets.md'] ?? ''

type Frame = Readonly<Record<string, unknown>>

const isFrame = (value: unknown): value is Frame => typeof value === 'object' && value !== null && !Array.isArray(value)

const framesIn = (section: string): Frame[] =>
  fencedBlocks(section)
    .filter((block) => block.startsWith('{'))
    .map((block): unknown => JSON.parse(block))
    .filter(isFrame)

/** What distinguishes two frames for a client: the value of `event` or `type`, and all keys in their order. */
const shapeOf = (frame: Frame): string => JSON.stringify([frame.event ?? frame.type ?? 'message', keysOf(frame)])

const keysOf = (value: unknown): unknown =>
  isFrame(value) ? Object.entries(value).map(([key, nested]) => (isFrame(nested) ? [key, keysOf(nested)] : key)) : null

const shapesIn = (section: string): string[] => [...new Set(framesIn(section).map(shapeOf))].sort()
const shapesOf = (all: readonly Frame[]): string[] => [...new Set(all.map(shapeOf))].sort()

const at = Date.parse('2026-11-20T18:54:12.118Z')
const message: StoredMessage = {
  id: 11,
  message: 'I can not sleep.',
  fromAdmin: false,
  senderId: 2,
  senderName: 'sam',
  clientId: 'c',
  sentAt: at,
}
const file = { id: '0123456789abcdef0123456789abcdef', name: 'beach.jpg', type: 'image/jpeg', size: 120_000 }
const alarm: AlarmEvent = {
  type: 'alarm',
  accountId: 2,
  username: 'sam',
  alarmId: '6740e2bc8d390fe44b0f398f',
  status: 'open',
  step: 1,
  scenario: 'Pattern 2',
  location: 'Berlin',
  triggeredAt: at,
  acknowledgedBy: null,
}
const room: InboxRoom = {
  userId: 2,
  username: 'sam',
  online: true,
  unread: 1,
  waitingSince: at,
  lastMessage: message,
  claimedBy: { id: 1, username: 'alex' },
  resolved: null,
  notes: 0,
  updatedAt: at,
  alarm: { alarmId: alarm.alarmId, status: 'open', triggeredAt: '2026-11-20T18:55:00.000Z' },
}

/** Every frame that a builder of frames.ts makes, by the builder and by where clients get it. */
const BUILT: Readonly<Record<string, { readonly room?: readonly Frame[]; readonly desk?: readonly Frame[] }>> = {
  messageFrame: {
    room: [
      frames.messageFrame(2, message),
      frames.messageFrame(2, message, { clientId: 'c' }),
      frames.messageFrame(2, message, { sender: { id: 1, username: 'alex' } }),
      frames.messageFrame(2, message, { clientId: 'c', sender: { id: 1, username: 'alex' } }),
      frames.messageFrame(2, message, { file }),
      frames.messageFrame(2, message, { clientId: 'c', sender: { id: 1, username: 'alex' }, file }),
    ],
  },
  ackFrame: { room: [frames.ackFrame(11, 'c')] },
  typingFrame: { room: [frames.typingFrame(2, true)] },
  readReceiptFrame: { room: [frames.readReceiptFrame(2, 12, false)] },
  returnedFrame: {
    room: [frames.returnedFrame(2, { at, holder: null }), frames.returnedFrame(2, { at, holder: { id: 1, username: 'alex' } })],
  },
  deskStateFrame: { room: [frames.deskStateFrame(2, true)] },
  noticeFrame: { room: [frames.noticeFrame(2, { id: 1, after: 11, text: 'Your message is stored.', sentAt: at })] },
  errorFrame: { room: [frames.errorFrame('…')] },
  frameErrorFrame: { room: [frames.frameErrorFrame('room-only')] },
  deskMessageFrame: { desk: [frames.deskMessageFrame(2, 'sam', message)] },
  presenceFrame: { desk: [frames.presenceFrame(2, 'sam', true), frames.presenceFrame(2, 'sam', false)] },
  deskEventFrame: {
    desk: [frames.deskEventFrame(alarm), frames.deskEventFrame({ type: 'crisis', accountId: 2, username: 'sam', at })],
  },
  roomFrame: { desk: [frames.roomFrame(room)] },
}

const builtFor = (place: 'room' | 'desk'): Frame[] => Object.values(BUILT).flatMap((built) => built[place] ?? [])

describe('frames from the server', () => {
  test('every builder of frames is known to this test', () => {
    const builders = Object.keys(frames).filter((name) => name.endsWith('Frame') && name !== 'parseFrame')
    expect(Object.keys(BUILT).sort()).toEqual(builders.sort())
  })

  test('in a room: each frame has an example with its keys in their order, and no example shows anything else', () => {
    expect(shapesIn(sectionOf(text, 'In a room'))).toEqual(shapesOf(builtFor('room')))
  })

  test('at the desk: the same, and each has an event_id', () => {
    expect(shapesIn(sectionOf(text, 'At the desk'))).toEqual(shapesOf(builtFor('desk').map((frame) => ({ ...frame, event_id: 1 }))))
  })

  test('a frame without an example, and one with another key, are noticed', () => {
    const section = sectionOf(text, 'In a room')
    expect(shapesIn(section.replace('"type": "ack"', '"type": "receipt"'))).not.toEqual(shapesOf(builtFor('room')))
    expect(shapesIn(section.replace('"sent_at"', '"time"'))).not.toEqual(shapesOf(builtFor('room')))
  })
})

describe('frames from the client', () => {
  /** A new type does not compile until it is added here; then it needs an example. */
  const TYPES: Record<Exclude<ClientFrame['type'], 'invalid'>, true> = {
    message: true,
    file: true,
    typing: true,
    read: true,
    resume: true,
  }
  const examples = framesIn(sectionOf(text, 'Frames from the client'))

  test('each type has an example, and each example is accepted', () => {
    const parsed = examples.map((example) => frames.parseFrame(JSON.stringify(example)).type)
    expect([...new Set(parsed)].sort()).toEqual(Object.keys(TYPES).sort())
    expect(frames.parseFrame('{"type": "unknown"}').type).toBe('invalid')
  })
})

describe('tables', () => {
  const documented = (heading: string, column = 0): string[] => tableRows(sectionOf(text, heading)).map((cells) => cells[column] ?? '')

  test('every close code that the server sends is documented, and no other one of ours', () => {
    const sent = [...withoutComments(socketHost).matchAll(/\bcode: (\d{4})/g)].map(([, code]) => code)
    expect(sent.length).toBeGreaterThan(0)
    expect(documented('Close codes').filter((code) => code.startsWith('4'))).toEqual(sent)
  })

  test('every error text is documented', () => {
    /** A new code does not compile until it is added here. */
    const errors: Record<FrameError, string> = {
      'no-such-file': frames.frameErrorFrame('no-such-file').detail,
      'room-only': frames.frameErrorFrame('room-only').detail,
      'user-id-required': frames.frameErrorFrame('user-id-required').detail,
      'user-not-found': frames.frameErrorFrame('user-not-found').detail,
      'not-delivered': frames.frameErrorFrame('not-delivered').detail,
    }
    const invalid = [
      '{"message": ""}',
      '{"message": "a", "client_id": ""}',
      '{"type": "read"}',
      '{"type": "file"}',
      '{"type": "resume"}',
      '[]',
      ' '.repeat(70_000),
    ]
    const details = [
      ...invalid.map((data) => frames.parseFrame(data)),
      frames.parseFrame(new ArrayBuffer(1)),
      frames.parseFrame('nonsense'),
    ].map((frame) => (frame.type === 'invalid' ? frame.detail : 'accepted'))
    const expected = [
      ...details.map((detail) => detail.replace(/^message: .*/, 'message: …')),
      ...Object.values(errors),
      frames.SLOW_DOWN.detail,
    ]
    expect(new Set(documented('Error texts').map((cell) => cell.replaceAll('`', '')))).toEqual(new Set(expected))
  })

  test('the documented lengths are the largest that are accepted', () => {
    const limits = Object.fromEntries(
      tableRows(sectionOf(text, 'Limits')).map(([what = '', limit = '']) => [what.replaceAll('`', ''), Number.parseInt(limit, 10)]),
    )
    const isAccepted = (frame: string): boolean => frames.parseFrame(frame).type !== 'invalid'
    const ofMessage = (length: number) => JSON.stringify({ message: 'a'.repeat(length) })
    const ofClientId = (length: number) => JSON.stringify({ message: 'a', client_id: 'c'.repeat(length) })
    const ofFrame = (length: number) => '{"message": "a"}'.padEnd(length)
    for (const [what, build] of [
      ['length of message', ofMessage],
      ['length of client_id', ofClientId],
      ['length of a frame', ofFrame],
    ] as const) {
      const limit = limits[what] ?? 0
      expect([what, isAccepted(build(limit)), isAccepted(build(limit + 1))]).toEqual([what, true, false])
    }
  })
})

test('over real sockets, clients get all of these frames and no others', async () => {
  const [someone, staff] = [await person(), await personWith('is_staff')]
  const [desk, phone, laptop, helper, helperToo] = [
    await joinDesk(staff),
    await joinRoom(someone),
    await joinRoom(someone),
    await joinRoom(someone, staff),
    await joinRoom(someone, staff),
  ]
  phone.send({ message: 'I can not sleep.', client_id: 'a' })
  await phone.waitForFrame({ type: 'ack' })
  helper.send({ type: 'typing' })
  helper.send({ type: 'read', id: 1 })
  helper.send({ message: '' })
  helper.send({ message: 'I am here.', client_id: 'b' })
  await helper.waitForFrame({ event: 'error' })
  await phone.waitForFrame({ type: 'read' })
  await helperToo.waitForFrame({ message: 'I am here.' })
  const form = new FormData()
  form.set('file', new Blob(['a report']), 'a.txt')
  const uploaded = await call('POST', `/support/files/${someone.id}/`, { as: staff.token, body: form })
  helper.send({ type: 'file', file: valueAt(uploaded, 'id'), client_id: 'c' })
  await helperToo.waitForFrame({ message: '[File: file.txt]' })

  const as = someone.token
  await call('PATCH', `/api/v1/user/edit/${someone.id}/`, { as, json: { scenario: 1 } })
  await call('POST', `/api/v1/event/trigger/${someone.id}/`, { as })
  await call('POST', `/api/v1/chat/${someone.id}/`, { as, json: { text: 'I want to kill myself' } })
  for (const event of ['alarm', 'crisis', 'room', 'chat_message']) await desk.waitForFrame({ event })
  await call('POST', `/console/api/rooms/${someone.id}/take/`, { as: staff.token })
  phone.send({ message: 'Are you there?', client_id: 'c' })
  await phone.waitForFrame({ type: 'ack', client_id: 'c' })
  const room = env.SUPPORT_ROOM.getByName(String(someone.id))
  await runInDurableObject(room, (object) => {
    if (object instanceof SupportRoom) object.dependencies = { ...object.dependencies, now: () => Date.now() + DAY }
  })
  await runDurableObjectAlarm(room)
  for (const client of [phone, helper]) await client.waitForFrame({ type: 'returned' })
  for (const client of [phone, laptop]) client.socket.close(1000)
  await desk.waitForFrame({ event: 'user_disconnected' })

  const outlines = (all: readonly Frame[]) =>
    [...new Set(all.map((frame) => JSON.stringify([frame.event ?? frame.type, Object.keys(frame)])))].sort()
  expect(outlines([...phone.frames, ...laptop.frames, ...helper.frames, ...helperToo.frames])).toEqual(
    outlines(framesIn(sectionOf(text, 'In a room'))),
  )
  expect(outlines(desk.frames)).toEqual(outlines(framesIn(sectionOf(text, 'At the desk'))))
})
