import { describe, expect, test } from 'vitest'
import { SUMMARY_RULE } from '../../src/model/practice.ts'
import { QUOTAS } from '../../src/model/quotas.ts'
import { findTakenUniqueFields } from '../../src/store/accounts.ts'
import { createCallerCheck } from '../../src/store/caller-check.ts'
import { findCredentials } from '../../src/store/credentials.ts'
import { findForConfirmation, findForLogin } from '../../src/store/passwords.ts'
import { findPracticeSessions } from '../../src/store/practice-sessions.ts'
import { summarisePractice } from '../../src/store/practice-summary.ts'
import {
  claimClosedAccounts,
  deleteExpiredCredentials,
  deleteOldAuditEntries,
  deleteOldCancelledPlans,
  deleteOldLoginFailures,
  deleteOldLoginNetworks,
  deleteOldOutboxMessages,
  deleteOldRevokedConnections,
  findOldAlarmHistories,
} from '../../src/store/retention.ts'
import type { Store } from '../../src/store/store.ts'
import { expensiveSteps, explain, planOf } from '../support/explain.ts'

const CALLER = { accountId: 1, credentialId: 'a'.repeat(32), flags: 0, quota: null, day: '2026-11-20', isPasskeyRequired: false }

/** The queries of every request, and every list, use an index and its order. */
const queries: [string, (store: Store) => Promise<unknown>][] = [
  [
    'check of the caller',
    (store) =>
      createCallerCheck(store, CALLER)
        .pass()
        .catch(() => undefined),
  ],
  [
    'check of the caller, with a quota',
    (store) =>
      createCallerCheck(store, { ...CALLER, quota: QUOTAS.rsvps })
        .pass()
        .catch(() => undefined),
  ],
  [
    'a login attempt',
    (store) =>
      findForLogin(
        store,
        { contract: 'mindharmony', username: 'Someone', usernameKey: 'someone' },
        { network: 'a network', counters: ['digest', 'another'] },
      ),
  ],
  ['a confirmed password', (store) => findForConfirmation(store, 1, { network: 'a network', counters: ['digest', 'another'] })],
  ['taken unique fields', (store) => findTakenUniqueFields(store, { usernameKey: 'a', emailKey: 'b', phoneNumber: 'c' })],
  ['the credentials of an account', (store) => findCredentials(store, 1, 0, 10)],
  ['the first page of practice sessions', (store) => findPracticeSessions(store, 1, null, 10)],
  ['a later page of practice sessions', (store) => findPracticeSessions(store, 1, { date: '2026-11-20', id: 5 }, 10)],
  ['the sweep of expired credentials', (store) => deleteExpiredCredentials(store, 0, 10)],
  ['the sweep of failure counters', (store) => deleteOldLoginFailures(store, 0, 10)],
  ['the sweep of log-in networks', (store) => deleteOldLoginNetworks(store, 0, 10)],
  ['the sweep of revoked connections', (store) => deleteOldRevokedConnections(store, 0, 10)],
  ['the sweep of cancelled plans', (store) => deleteOldCancelledPlans(store, 0, 10)],
  ['the sweep of the audit trail', (store) => deleteOldAuditEntries(store, 0, 10)],
  ['the sweep of the outbox', (store) => deleteOldOutboxMessages(store, 0, 10)],
  ['the alarm objects to sweep', (store) => findOldAlarmHistories(store, 0, 10)],
]

describe('no full table scan for', () => {
  test.each(queries)('%s', async (_name, run) => {
    const plans = await explain(run)
    expect(plans.length).toBeGreaterThan(0)
    expect(expensiveSteps(plans)).toEqual([])
  })

  test('the closed accounts to erase: only the short list of erasures under way is read as a whole', async () => {
    const plans = await explain((store) => claimClosedAccounts(store, 0, 10))
    expect(plans).toContainEqual(expect.stringContaining('SEARCH accounts USING COVERING INDEX accounts_closed'))
    expect(expensiveSteps(plans, 'erasures')).toEqual([])
  })

  test('the practice summary: it reads only the sessions of one person', async () => {
    const plans = await explain((store) => summarisePractice(store, 1, '2026-11-20', SUMMARY_RULE))
    const reads = plans.filter((step) => step.includes('practice_sessions'))
    expect(reads.length).toBeGreaterThan(0)
    for (const step of reads)
      expect(step).toMatch(/^SEARCH practice_sessions USING (?:COVERING )?INDEX practice_sessions_by_date \(account_id=\?/)
  })
})

test('a full table scan is detected', async () => {
  const plans = await planOf({ sql: 'SELECT * FROM accounts ORDER BY first_name LIMIT ?', values: [1] })
  expect(expensiveSteps(plans).length).toBe(2)
})
