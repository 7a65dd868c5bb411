import { describe, expect, test } from 'vitest'
import {
  EMPTY_TIMELINE,
  firstId,
  lastId,
  type Timeline,
  withAcknowledgement,
  withAttempt,
  withMessages,
  withoutPending,
  withPending,
  withRejection,
} from '../../../src/console/browser/timeline.ts'
import type { Message } from '../../../src/console/browser/wire.ts'

const message = (id: number, fromAdmin = false): Message => ({ id, text: `message ${id}`, fromAdmin, sentAt: '2026-11-20T12:00:00Z' })
const messages = (...ids: number[]): Message[] => ids.map((id) => message(id))
const idsOf = (timeline: Timeline): number[] => timeline.messages.map(({ id }) => id)

const withUnsent = (...texts: string[]): Timeline =>
  texts.reduce(
    (timeline, text) => withPending(timeline, { clientId: text, text, attempts: 0 }),
    withMessages(EMPTY_TIMELINE, messages(1, 2)),
  )

describe('messages that arrive more than once', () => {
  test('history, live events and a replay overlap: each message once, ordered by id', () => {
    const history = withMessages(EMPTY_TIMELINE, messages(4, 5, 6))
    const live = withMessages(history, messages(7))
    const replayed = withMessages(live, messages(6, 7, 8, 9))
    expect(idsOf(withMessages(replayed, messages(1, 2, 3, 4)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect([firstId(replayed), lastId(replayed)]).toEqual([4, 9])
  })

  test('the order of arrival does not matter', () => {
    const timeline = messages(3, 1, 2).reduce((current, item) => withMessages(current, [item]), EMPTY_TIMELINE)
    expect(timeline).toEqual(withMessages(EMPTY_TIMELINE, messages(1, 2, 3)))
  })

  test('without new messages the same timeline is returned', () => {
    const timeline = withMessages(EMPTY_TIMELINE, messages(1, 2))
    expect(withMessages(timeline, messages(2, 1))).toBe(timeline)
    expect([firstId(EMPTY_TIMELINE), lastId(EMPTY_TIMELINE)]).toEqual([null, 0])
  })
})

describe('messages that were written on this page', () => {
  test('a rejected message stays, with the reason', () => {
    const timeline = withRejection(withUnsent('a', 'b'), 'a', 'too long')
    expect(timeline.pending.map(({ rejection }) => rejection)).toEqual(['too long', undefined])
  })

  test('a message is pending, is sent, is acknowledged', () => {
    const sent = withAttempt(withAttempt(withUnsent('hello'), 'hello'), 'hello')
    expect(sent.pending).toEqual([{ clientId: 'hello', text: 'hello', attempts: 2 }])
    const done = withAcknowledgement(sent, 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })
    expect(done.pending).toEqual([])
    expect(done.messages.at(-1)).toEqual({ id: 3, text: 'hello', fromAdmin: true, sentAt: 'now' })
  })

  test('a message that a replay delivers before its acknowledgement is there once', () => {
    const replayed = withMessages(withUnsent('hello'), [message(3, true)])
    const done = withAcknowledgement(replayed, 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })
    expect([idsOf(done), done.pending]).toEqual([[1, 2, 3], []])
  })

  test('a repeated or unknown acknowledgement changes nothing', () => {
    const done = withAcknowledgement(withUnsent('hello'), 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })
    expect(withAcknowledgement(done, 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })).toBe(done)
    expect(withAcknowledgement(done, 'other', { id: 9, fromAdmin: true, sentAt: 'now' })).toBe(done)
  })

  test('each message waits for its own acknowledgement, in the order of writing', () => {
    const timeline = withUnsent('a', 'b', 'c')
    expect(withAcknowledgement(timeline, 'b', { id: 3, fromAdmin: true, sentAt: 'now' }).pending.map(({ text }) => text)).toEqual([
      'a',
      'c',
    ])
    expect(withoutPending(timeline, 'a').pending.map(({ text }) => text)).toEqual(['b', 'c'])
  })
})
