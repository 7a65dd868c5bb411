import { describe, expect, test } from 'vitest'
import { findForLogin, findTaken } from '../../src/store/accounts.ts'
import { findBearer, findCredentials, sweepCredentials } from '../../src/store/credentials.ts'
import { findPracticeSessions } from '../../src/store/practice-sessions.ts'
import { summarisePractice } from '../../src/store/practice-summary.ts'
import { createStore, type Store } from '../../src/store/store.ts'
import { costly, plansOf } from '../support/query-plan.ts'

/** What is asked at every request, and every list, reads by an index and in the index's order. */
const questions: [string, (store: Store) => Promise<unknown>][] = [
  ['who calls', (store) => findBearer(store, { accountId: 1, credentialId: 'a'.repeat(32) })],
  ['who knocks', (store) => findForLogin(store, { usernameKey: 'somebody', who: 'digest' })],
  ['what is taken', (store) => findTaken(store, { usernameKey: 'a', emailKey: 'b', phoneNumber: 'c' })],
  ['where somebody is logged in', (store) => findCredentials(store, 1, 0, 10)],
  ['the first page of sessions', (store) => findPracticeSessions(store, 1, null, 10)],
  ['a later page of sessions', (store) => findPracticeSessions(store, 1, { date: '2026-11-20', id: 5 }, 10)],
  ['what is dead', (store) => sweepCredentials(store, 0)],
]

describe('no table is read whole for', () => {
  test.each(questions)('%s', async (_what, ask) => {
    const plans = await plansOf((database) => ask(createStore(database)))
    expect(plans.length).toBeGreaterThan(0)
    expect(costly(plans)).toEqual([])
  })

  test('the summary: it reads the sessions of one person and nobody else', async () => {
    const plans = await plansOf((database) => summarisePractice(createStore(database), 1, '2026-11-20'))
    const reads = plans.filter((step) => step.includes('practice_sessions'))
    expect(reads.length).toBeGreaterThan(0)
    for (const step of reads)
      expect(step).toMatch(/^SEARCH practice_sessions USING (?:COVERING )?INDEX practice_sessions_by_date \(account_id=\?/)
  })
})

test('a list that does read a whole table is caught', async () => {
  const plans = await plansOf((database) => database.prepare('SELECT * FROM accounts ORDER BY first_name LIMIT ?').bind(1).all())
  expect(costly(plans).length).toBe(2)
})
