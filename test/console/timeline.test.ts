import { describe, expect, test } from 'vitest'
import {
  acknowledged,
  EMPTY,
  firstId,
  lastId,
  refused,
  type Timeline,
  tried,
  withMessages,
  without,
  withPending,
} from '../../src/console/browser/timeline.ts'
import type { Message } from '../../src/console/browser/wire.ts'

const message = (id: number, fromAdmin = false): Message => ({ id, text: `message ${id}`, fromAdmin, sentAt: '2026-11-20T12:00:00Z' })
const messages = (...ids: number[]): Message[] => ids.map((id) => message(id))
const idsOf = (timeline: Timeline): number[] => timeline.messages.map(({ id }) => id)

const writing = (...texts: string[]): Timeline =>
  texts.reduce((timeline, text) => withPending(timeline, { clientId: text, text, tries: 0 }), withMessages(EMPTY, messages(1, 2)))

describe('what came by several ways', () => {
  test('history, live and a replay overlap: each once, in the order of the ids', () => {
    const history = withMessages(EMPTY, messages(4, 5, 6))
    const live = withMessages(history, messages(7))
    const replayed = withMessages(live, messages(6, 7, 8, 9))
    expect(idsOf(withMessages(replayed, messages(1, 2, 3, 4)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect([firstId(replayed), lastId(replayed)]).toEqual([4, 9])
  })

  test('whatever the order of arrival, the same conversation', () => {
    const one = messages(3, 1, 2).reduce((timeline, each) => withMessages(timeline, [each]), EMPTY)
    expect(one).toEqual(withMessages(EMPTY, messages(1, 2, 3)))
  })

  test('nothing new changes nothing', () => {
    const timeline = withMessages(EMPTY, messages(1, 2))
    expect(withMessages(timeline, messages(2, 1))).toBe(timeline)
    expect([firstId(EMPTY), lastId(EMPTY)]).toEqual([null, 0])
  })
})

describe('what was written here', () => {
  test('is refused, and stands there with the reason', () => {
    const two = refused(writing('a', 'b'), 'a', 'too long')
    expect(two.pending.map((each) => each.refused)).toEqual(['too long', undefined])
  })

  test('waits, is tried, is answered', () => {
    const sent = tried(tried(writing('hello'), 'hello'), 'hello')
    expect(sent.pending).toEqual([{ clientId: 'hello', text: 'hello', tries: 2 }])
    const done = acknowledged(sent, 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })
    expect(done.pending).toEqual([])
    expect(done.messages.at(-1)).toEqual({ id: 3, text: 'hello', fromAdmin: true, sentAt: 'now' })
  })

  test('a replay brings it before the answer does: it stands there once', () => {
    const replayed = withMessages(writing('hello'), [message(3, true)])
    const done = acknowledged(replayed, 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })
    expect([idsOf(done), done.pending]).toEqual([[1, 2, 3], []])
  })

  test('an answer that comes twice, or to nothing, changes nothing', () => {
    const done = acknowledged(writing('hello'), 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })
    expect(acknowledged(done, 'hello', { id: 3, fromAdmin: true, sentAt: 'now' })).toBe(done)
    expect(acknowledged(done, 'other', { id: 9, fromAdmin: true, sentAt: 'now' })).toBe(done)
  })

  test('each waits for its own answer, in the order of writing', () => {
    const two = writing('a', 'b', 'c')
    expect(acknowledged(two, 'b', { id: 3, fromAdmin: true, sentAt: 'now' }).pending.map(({ text }) => text)).toEqual(['a', 'c'])
    expect(without(two, 'a').pending.map(({ text }) => text)).toEqual(['b', 'c'])
  })
})
