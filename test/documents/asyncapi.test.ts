import { describe, expect, test } from 'vitest'
import * as frames from '../../src/dialects/recovery/frames.ts'
import { createAsyncApi } from '../../src/documents/asyncapi.ts'
import { FRAMES } from '../../src/documents/frames.ts'
import { frameProblem, recordFrame, takeFrameProblems } from '../support/documented-frames.ts'

/** `Client` (test/support/sockets.ts) compares every frame of the tests with the document. Here are planted breaches, and what clients send. */

const MESSAGE = { id: 3, message: 'hi', fromAdmin: false, sentAt: 0 }
const ROOM_MESSAGE = frames.messageFrame(2, MESSAGE)
const PRESENCE = { ...frames.presenceFrame(2, 'sam', true), event_id: 7 }

describe('frames from the server', () => {
  test('documented ones are accepted where they belong', () => {
    expect(frameProblem('room', ROOM_MESSAGE)).toBeNull()
    expect(frameProblem('room', frames.messageFrame(2, MESSAGE, { clientId: 'a', sender: { id: 1, username: 'alex' } }))).toBeNull()
    expect(frameProblem('desk', PRESENCE)).toBeNull()
    expect(frameProblem('room', PRESENCE)).not.toBeNull()
    expect(frameProblem('desk', ROOM_MESSAGE)).not.toBeNull()
  })

  test.each([
    ['another event', { ...ROOM_MESSAGE, event: 'message' }],
    ['a property of another type', { ...ROOM_MESSAGE, user_id: 2 }],
    ['a property that is not documented', { ...ROOM_MESSAGE, room: 2 }],
    ['a missing property', { event: 'chat_message', message: 'hi' }],
    ['a time without a zone', { ...ROOM_MESSAGE, sent_at: '1970-01-01T00:00:00' }],
    ['no object', 'hi'],
  ])('a breach is found: %s', (_what, frame) => {
    expect(frameProblem('room', frame)).toMatch(/^a frame of the room is not documented: /)
  })

  test('a breach is kept until the test ends, and then fails it', () => {
    recordFrame('room', ROOM_MESSAGE)
    recordFrame('room', { event: 'planted' })
    expect(takeFrameProblems()).toEqual([expect.stringContaining('planted')])
    expect(takeFrameProblems()).toEqual([])
  })
})

describe('frames from the client', () => {
  const sent = { ...FRAMES.room.fromClient, ...FRAMES.desk.fromClient }
  const isDocumented = (frame: unknown) => Object.values(sent).some((schema) => schema.safeParse(frame).success)

  test.each([
    [{ message: 'hi', client_id: 'a' }],
    [{ message: 'hi', user_id: 2 }],
    [{ message: 'hi', user_id: '2' }],
    [{ type: 'typing' }],
    [{ type: 'file', file: '0123456789abcdef0123456789abcdef', client_id: 'a' }],
    [{ type: 'read', id: 3 }],
    [{ type: 'resume', since: '12' }],
  ])('%j is documented and accepted', (frame) => {
    expect(isDocumented(frame)).toBe(true)
    expect(frames.parseFrame(JSON.stringify(frame)).type).not.toBe('invalid')
  })

  test.each([
    [{ message: '' }],
    [{ message: 'x'.repeat(4001) }],
    [{ message: 'hi', client_id: 'x'.repeat(129) }],
    [{ type: 'read', id: 'x' }],
    [{ type: 'resume' }],
    [{ type: 'file' }],
    [{ type: 'file', file: 'x' }],
    [[]],
  ])('%j is neither', (frame) => {
    expect(isDocumented(frame)).toBe(false)
    expect(frames.parseFrame(JSON.stringify(frame)).type).toBe('invalid')
  })
})

describe('the document', () => {
  const document = createAsyncApi()

  test('has every frame of each channel, each with a payload that it defines', () => {
    for (const [place, { fromServer, fromClient }] of Object.entries(FRAMES)) {
      const names = [...Object.keys(fromServer), ...Object.keys(fromClient)]
      expect(Object.keys(document.channels[place === 'room' ? 'room' : 'desk'].messages)).toEqual(names)
      for (const name of names)
        expect(document.components.messages[name]).toMatchObject({ payload: { $ref: `#/components/schemas/${name}` } })
    }
  })

  test('every reference leads somewhere', () => {
    const at = (path: string) =>
      path
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => Reflect.get(Object(value), key), document)
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, path]) => path ?? '')
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) expect([reference, at(reference)]).toEqual([reference, expect.anything()])
  })

  test('every frame is described', () => {
    for (const [name, message] of Object.entries(document.components.messages))
      expect([name, message.summary]).toEqual([name, expect.any(String)])
  })
})
