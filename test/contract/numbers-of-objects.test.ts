import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { SupportDesk } from '../../src/durable/support-desk.ts'
import { SupportRoom } from '../../src/durable/support-room.ts'
import { CONNECTION_HEADER, type Connection, type NewMessage, PROTOCOL } from '../../src/model/support.ts'
import { ORIGIN } from '../support/call.ts'
import { until } from '../support/sockets.ts'

/** What the objects send about people who moved in, and what they understand: with the numbers of the contract. */

const BLOCK = 4 * 2 ** 28
/** Number 57 of the former server. */
const SAM = { id: BLOCK + 57, username: 'sam' }
/** An account from before the move, with a number that the former server has given out. */
const ALEX = { id: 12, username: 'alex' }
const ENVIRONMENT = { ...env, FORMER_IDS: 'recovery:59' }

const CONNECTION: Omit<Connection, 'id' | 'username' | 'staff'> = {
  connectionId: 'c1',
  credentialId: 'none',
  expiresAt: Number.MAX_SAFE_INTEGER,
  supportsV1: true,
  since: null,
  country: null,
}

type Frame = Readonly<Record<string, unknown>>

/** Opens a socket of an object, and returns what it receives. */
const connect = async (object: SupportDesk | SupportRoom, connection: Connection, person: typeof SAM | null): Promise<Frame[]> => {
  const headers = {
    Upgrade: 'websocket',
    'Sec-WebSocket-Protocol': PROTOCOL,
    [CONNECTION_HEADER]: encodeURIComponent(JSON.stringify({ person, connection })),
  }
  const { webSocket } = await object.fetch(new Request(new URL('/ws', ORIGIN), { headers }))
  if (!webSocket) throw new Error('no socket')
  const frames: Frame[] = []
  webSocket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(String(data)))
  })
  webSocket.accept()
  return frames
}

const message: NewMessage = { sender: ALEX, fromAdmin: true, message: 'We are here.', clientId: 'm1', connectionId: 'other' }
const noLoss = async (connections: readonly unknown[]) => connections.map(() => null)

beforeAll(async () => {
  await env.DB.prepare(
    `INSERT INTO accounts (id, object_id, username, username_key, password, created_at, updated_at)
     VALUES (?, 'aaaaaaaaaaaaaaaaaaaaaaaa', 'sam', 'sam', '!', 0, 0)`,
  )
    .bind(SAM.id)
    .run()
})

test('a room', async () => {
  const { forPerson, forStaff } = await runInDurableObject(env.SUPPORT_ROOM.getByName(String(SAM.id)), async (_room, state) => {
    const room = new SupportRoom(state, ENVIRONMENT)
    room.dependencies = { ...room.dependencies, findAccessLoss: noLoss }
    const forPerson = await connect(room, { ...CONNECTION, ...SAM, staff: false }, SAM)
    const forStaff = await connect(room, { ...CONNECTION, ...ALEX, connectionId: 'c2', staff: true }, SAM)
    await room.storeMessage(SAM, message)
    await until(() => [forPerson, forStaff].every((frames) => frames.some(({ event }) => event === 'chat_message')))
    return { forPerson, forStaff }
  })
  const sent = { event: 'chat_message', message: 'We are here.', user_id: '57', identifier: '57' }
  for (const { user_id, identifier } of [...forPerson, ...forStaff]) expect([user_id, identifier]).toEqual(['57', '57'])
  expect(forPerson.find(({ event }) => event === 'chat_message')).toMatchObject(sent)
  expect(forStaff.find(({ event }) => event === 'chat_message')).toMatchObject({
    ...sent,
    sender: { id: BLOCK + ALEX.id, username: 'alex' },
  })
})

test('the desk', async () => {
  const { live, missed, known, unknown } = await runInDurableObject(env.SUPPORT_DESK.getByName('numbers'), async (_desk, state) => {
    const desk = new SupportDesk(state, ENVIRONMENT)
    desk.dependencies = { ...desk.dependencies, findAccessLoss: noLoss }
    const watching = { ...CONNECTION, ...ALEX, staff: true }
    const live = await connect(desk, watching, null)
    const summary = {
      online: true,
      unread: 0,
      waitingSince: null,
      lastMessage: { id: 1, message: 'Help.', fromAdmin: false, sentAt: 0 },
      claimedBy: ALEX,
      resolved: { by: ALEX, at: 0 },
      notes: 0,
      staff: [],
      updatedAt: 0,
    }
    const event = { type: 'message', message: summary.lastMessage } as const
    await desk.report({ person: SAM, epoch: 'e', version: 1, events: [{ key: 'k', from: '', event }], summary })
    await until(() => live.length === 2)
    const missed = await connect(desk, { ...watching, connectionId: 'c2', since: 0 }, null)
    await until(() => missed.length === 2)
    const known = await desk.dependencies.storeMessage(57, message)
    const unknown = await desk.dependencies.storeMessage(SAM.id, message)
    return { live, missed, known, unknown }
  })
  const staff = { id: BLOCK + ALEX.id, username: 'alex' }
  for (const [event, room] of [live, missed]) {
    expect(event).toMatchObject({ event: 'chat_message', user_id: '57', identifier: '57', id: 1 })
    expect(room).toMatchObject({ room: { user_id: 57, taken_by: staff, resolved: { by: staff }, last_message: { id: 1 } } })
  }
  expect(known).toMatchObject({ id: expect.any(Number) })
  expect(unknown).toBeNull()
})
