import { expect, test } from 'vitest'
import { FRIEND_REQUEST_RULE, FRIEND_STATUSES, FRIENDS, LISTED_FRIEND_STATUSES } from '../../src/model/friend.ts'

const { first, further } = FRIEND_REQUEST_RULE

test('every status can be reached', () => {
  // The receiver of a request rejects it.
  const reached = new Set([first, 'rejected', ...Object.values(further).map(({ to }) => to)])
  expect([...reached].sort()).toEqual([...FRIEND_STATUSES].sort())
})

test('a request never ends a friendship', () => {
  expect(further[FRIENDS]).toBeUndefined()
})

test('nobody accepts their own request', () => {
  for (const { from, to } of Object.values(further)) if (to === FRIENDS) expect(from).toBe('receiver')
})

test('a rejected request is not listed', () => {
  expect(LISTED_FRIEND_STATUSES).not.toContain('rejected')
})
