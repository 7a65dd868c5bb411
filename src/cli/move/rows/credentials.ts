import { createHash } from 'node:crypto'
import { FORMER_PAIR_LIFETIME_MS, FORMER_TOKEN_LIFETIME_MS, formerIdOf, keyOfPairs } from '../../../model/former-credential.ts'
import { isoDay } from '../../../model/time.ts'
import { session, token } from '../models/common.ts'
import { targetTable, type Values } from '../target/table.ts'
import { readSession } from './django-session.ts'
import { NO_ACCOUNT, phaseOf, row, stays } from './placing.ts'

/** Log-ins that go on: as digests, under which the Worker finds them. */

const TABLE = targetTable('credentials', { unwatched: ['created_at', 'expires_at', 'last_seen_day'] })

/** What the Worker looks up when a client sends the key itself. */
export const idOfKey = (key: string): string => formerIdOf(createHash('sha256').update(key).digest('hex'))

export const idOfPairs = (objectId: string): string => idOfKey(keyOfPairs(objectId))

const USER_AGENT = 'former server'

/** Token pairs of meetups: that server stores none, so each account gets one credential for all of them. */
export const pairOf = (objectId: string, now: number): Values => ({
  id: idOfPairs(objectId),
  kind: 'pair',
  created_at: now,
  expires_at: now + FORMER_PAIR_LIFETIME_MS,
  last_seen_day: isoDay(now),
  user_agent: USER_AGENT,
})

export const tokenPhase = phaseOf(token, TABLE, {
  ledgerKey: ({ keyText }) => idOfKey(keyText),
  place: ({ keyText, fields: { user, created } }, around) => {
    const account = around.account(user)
    if (account === null) return stays(NO_ACCOUNT)
    const id = idOfKey(keyText)
    return row(id, {
      id,
      account_id: account,
      kind: 'token',
      created_at: created.getTime(),
      expires_at: around.now + FORMER_TOKEN_LIFETIME_MS,
      last_seen_day: isoDay(around.now),
      user_agent: USER_AGENT,
    })
  },
})

export const sessionPhase = phaseOf(session, TABLE, {
  ledgerKey: ({ keyText }) => idOfKey(keyText),
  place: ({ keyText, fields: { session_data: data, expire_date: end } }, around) => {
    if (end.getTime() <= around.now) return stays('it ran out')
    const read = readSession(data, around.secretKeys)
    if ('reason' in read) return stays(read.reason)
    const account = around.account(read.account)
    const source = around.sourceAccount(read.account)
    if (account === null || source === null) return stays(NO_ACCOUNT)
    const ended = read.endedBecause(source.password)
    if (ended !== null) return stays(ended)
    const id = idOfKey(keyText)
    return row(id, {
      id,
      account_id: account,
      kind: 'session',
      created_at: around.now,
      expires_at: end.getTime(),
      last_seen_day: isoDay(around.now),
      user_agent: USER_AGENT,
    })
  },
})
