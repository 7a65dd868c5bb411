import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectDesk, type DeskOptions } from '#chat/desk.ts'
import type { DeskEvent } from '#chat/desk-events.ts'
import { createServer, createStorage } from './fake-server.ts'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
})

afterEach(() => {
  vi.useRealTimers()
})

const connect = (options: Partial<DeskOptions> = {}) => {
  const server = createServer()
  const events: DeskEvent[] = []
  const onError = vi.fn()
  const desk = connectDesk({
    url: 'https://concord.example/ws/admin/',
    token: 't',
    storage: null,
    webSocket: server.webSocket,
    onEvent: (event) => events.push(event),
    onError,
    ...options,
  })
  return { server, events, onError, desk }
}

const person = { identifier: '2', user_id: '2', username: 'sam' }
const ROOM = {
  user_id: 2,
  username: 'sam',
  online: true,
  unread: 1,
  last_message: null,
  alarm: null,
  taken_by: null,
  updated_at: 't',
  notes: 0,
}

test('each kind of event', async () => {
  const { server, events } = connect()
  const socket = await server.accept()
  socket.receive({ event: 'user_connected', ...person, event_id: 1 })
  socket.receive({ event: 'chat_message', ...person, id: 11, message: 'hello', sent_at: 't', from_admin: false, event_id: 2 })
  socket.receive({ event: 'room', room: ROOM, event_id: 3 })
  socket.receive({
    event: 'alarm',
    ...person,
    alarm_id: 'a',
    status: 'open',
    scenario: 's',
    triggered_at: 't',
    acknowledged_by: null,
    event_id: 4,
  })
  socket.receive({ event: 'crisis', ...person, at: 't', event_id: 5 })
  socket.receive({ event: 'user_disconnected', ...person, event_id: 6 })
  socket.receive({ event: 'of the future', ...person, event_id: 7 })
  const sam = { userId: 2, username: 'sam' }
  expect(events).toEqual([
    { type: 'presence', eventId: 1, ...sam, online: true },
    { type: 'message', eventId: 2, ...sam, message: { id: 11, text: 'hello', fromAdmin: false, sentAt: 't' } },
    { type: 'room', eventId: 3, ...sam, room: expect.objectContaining({ userId: 2, online: true, unread: 1 }) },
    { type: 'alarm', eventId: 4, ...sam, alarm: expect.objectContaining({ alarmId: 'a', status: 'open', userId: 2 }) },
    { type: 'crisis', eventId: 5, ...sam, at: 't' },
    { type: 'presence', eventId: 6, ...sam, online: false },
  ])
})

test('without `lastSeen` nothing old arrives; then it resumes after the last event, and each arrives once', async () => {
  const { server, events } = connect()
  const first = await server.accept()
  expect(first.url).toBe('wss://concord.example/ws/admin/')
  first.receive({ event: 'user_connected', ...person, event_id: 41 })
  first.drop()
  await vi.advanceTimersByTimeAsync(500)
  server.last.open()
  expect(server.last.url).toContain('?since=41')
  // A live event may arrive between those of the replay.
  for (const event_id of [42, 50, 43, 42, 50]) server.last.receive({ event: 'user_connected', ...person, event_id })
  expect(events.map(({ eventId }) => eventId)).toEqual([41, 42, 50, 43])
  server.last.drop()
  await vi.advanceTimersByTimeAsync(500)
  expect(server.last.url).toContain('?since=43')
})

test('is checked every eight seconds', async () => {
  const { server } = connect({ lastSeen: 7 })
  const socket = await server.accept()
  expect(socket.url).toContain('?since=7')
  await vi.advanceTimersByTimeAsync(8_000)
  expect(socket.sent).toEqual(['ping'])
})

test('a message goes to its person, survives a reload, and is acknowledged', async () => {
  const storage = createStorage()
  const before = connect({ storage })
  void before.desk.send(2, 'I am here.')
  before.desk.close()
  const { server, desk } = connect({ storage })
  const socket = await server.accept()
  expect(desk.outbox).toMatchObject([{ userId: 2, text: 'I am here.', state: 'sending' }])
  const [frame] = socket.frames
  expect(frame).toEqual({ message: 'I am here.', client_id: expect.any(String), user_id: 2 })
  socket.receive({ type: 'ack', id: 4, client_id: Object(frame).client_id })
  expect([desk.outbox, [...storage.items]]).toEqual([[], []])
})

test('a message to an unknown account is rejected, and does not hold back the next one', async () => {
  const { server, desk, onError } = connect()
  const socket = await server.accept()
  const [wrong, right] = [desk.send(999, 'hello'), desk.send(2, 'hello')]
  socket.receive({ event: 'error', detail: 'User not found.' })
  await expect(wrong).rejects.toThrow('User not found.')
  socket.receive({ type: 'ack', id: 1, client_id: Object(socket.frames[1]).client_id })
  expect(await right).toMatchObject({ id: 1, userId: 2 })
  socket.receive({ event: 'error', detail: 'Slow down.' })
  expect(onError.mock.calls).toEqual([['Slow down.']])
  desk.discard(desk.outbox[0]?.clientId ?? '')
  expect(desk.outbox).toEqual([])
})
