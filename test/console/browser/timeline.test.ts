import { describe, expect, test } from 'vitest'
import type { ChatMessage } from '#chat/messages.ts'
import { firstId, lastId, type Timeline, withMessages } from '../../../src/console/browser/timeline.ts'

const EMPTY: Timeline = []
const message = (id: number, fromAdmin = false): ChatMessage => ({ id, text: `message ${id}`, fromAdmin, sentAt: '2026-11-20T12:00:00Z' })
const messages = (...ids: number[]): ChatMessage[] => ids.map((id) => message(id))
const idsOf = (timeline: Timeline): number[] => timeline.map(({ id }) => id)

describe('messages that arrive more than once', () => {
  test('history, live events and a replay overlap: each message once, ordered by id', () => {
    const history = withMessages(EMPTY, messages(4, 5, 6))
    const live = withMessages(history, messages(7))
    const replayed = withMessages(live, messages(6, 7, 8, 9))
    expect(idsOf(withMessages(replayed, messages(1, 2, 3, 4)))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect([firstId(replayed), lastId(replayed)]).toEqual([4, 9])
  })

  test('the order of arrival does not matter', () => {
    const timeline = messages(3, 1, 2).reduce((current, item) => withMessages(current, [item]), EMPTY)
    expect(timeline).toEqual(withMessages(EMPTY, messages(1, 2, 3)))
  })

  test('without new messages the same timeline is returned', () => {
    const timeline = withMessages(EMPTY, messages(1, 2))
    expect(withMessages(timeline, messages(2, 1))).toBe(timeline)
    expect([firstId(EMPTY), lastId(EMPTY)]).toEqual([null, 0])
  })
})
