import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { ContractNames } from '../model/account.ts'
import type { Notice } from '../model/account-notices.ts'
import type { NewAuditEntry } from '../model/audit.ts'
import { CONTRACTS, type ContractName } from '../model/contract.ts'
import type { JoinState } from '../model/joining.ts'
import { insertNotices, type NoticeContext } from './account-notices.ts'
import { hasFlag } from './account-row.ts'
import { auditInsert } from './audit.ts'
import { blockedIdsOf, disconnect, isBlockedPair } from './blocks.ts'
import { literal, rowsOf, type Store } from './store.ts'
import { accounts, facilityProfiles, meetupProfiles, practiceProfiles } from './tables/accounts.ts'
import { alarmHistories, openAlarms, outbox } from './tables/alarms.ts'
import { assistantTurns } from './tables/assistant.ts'
import { cancelledPlanPeople, cancelledPlans } from './tables/calendars.ts'
import { contractNames } from './tables/contract-names.ts'
import { credentials, loginNetworks } from './tables/credentials.ts'
import { friendRecords, friendRequestCounts } from './tables/friends.ts'
import { blocks, matches, matchPreferences, matrimonyProfiles, memberReports } from './tables/matrimony.ts'
import { announcementReads, announcements, directMessages, notifications } from './tables/messages.ts'
import { passkeys } from './tables/passkeys.ts'
import { planDismissals, plans, rsvps } from './tables/plans.ts'
import { practiceSessions } from './tables/practice.ts'
import { contactAnswers, emergencyContacts, recoveryProfiles, therapists } from './tables/recovery.ts'
import { socketUsers } from './tables/support.ts'

/**
 * Which columns refer to an account, by the contract that the rows belong to. An account with such a row is used in the contract.
 * test/domain/accounts/join.test.ts compares them with the schema: there, a new column fails until its place is defined.
 */
export const CONTRACT_COLUMNS: Readonly<Record<ContractName, readonly SQLiteColumn[]>> = {
  facility: [facilityProfiles.accountId],
  matrimony: [
    matrimonyProfiles.accountId,
    matchPreferences.accountId,
    matches.user1Id,
    matches.user2Id,
    memberReports.reporterId,
    memberReports.reportedId,
    directMessages.senderId,
    directMessages.receiverId,
    notifications.receiverId,
    announcementReads.accountId,
  ],
  meetups: [
    meetupProfiles.accountId,
    plans.creatorId,
    rsvps.accountId,
    planDismissals.accountId,
    cancelledPlans.creatorId,
    cancelledPlanPeople.accountId,
    friendRecords.senderId,
    friendRecords.receiverId,
    friendRequestCounts.accountId,
  ],
  mindharmony: [practiceProfiles.accountId, practiceSessions.accountId],
  recovery: [
    recoveryProfiles.accountId,
    emergencyContacts.accountId,
    therapists.accountId,
    contactAnswers.accountId,
    assistantTurns.accountId,
    openAlarms.accountId,
    alarmHistories.accountId,
    socketUsers.accountId,
  ],
}

/** Of all contracts. Where both accounts have the same row, of a block or a network, one of them is enough. */
export const SHARED_COLUMNS: readonly SQLiteColumn[] = [
  announcements.subjectId,
  blocks.blockerId,
  blocks.blockedId,
  contractNames.accountId,
  loginNetworks.accountId,
  outbox.accountId,
  passkeys.accountId,
]

const isUsedIn = (contract: ContractName): SQL =>
  sql.join(
    [
      sql`EXISTS (SELECT 1 FROM contract_names WHERE contract = ${literal(contract)} AND account_id = ${accounts.id})`,
      ...CONTRACT_COLUMNS[contract].map((column) => sql`EXISTS (SELECT 1 FROM ${column.table} WHERE ${column} = ${accounts.id})`),
    ],
    sql` OR `,
  )

interface Pair {
  readonly kept: number
  readonly joined: number
}

/** What the kept account gets of the other one, if it has none itself. */
const FILLED = ['email', 'phoneNumber', 'firstName', 'lastName', 'profilePicture', 'subscriptionPlanId'] as const

/** A `JoinState` as text. Null if there is no such account. */
const stateOf = (id: number, other: number): SQL<string | null> => {
  const values = [
    ...(['password', 'isActive', 'objectId', ...FILLED] as const).map((name) => [name, accounts[name]] as const),
    ['isStaff', hasFlag] as const,
    ['isBlocked', isBlockedPair(id, other)] as const,
    ...CONTRACTS.map((contract) => [contract, isUsedIn(contract)] as const),
  ]
  const pairs = values.map(([name, value]) => sql`${literal(name)}, ${value}`)
  return sql`(SELECT json_object(${sql.join(pairs, sql`, `)}) FROM ${accounts} WHERE ${accounts.id} = ${id})`
}

interface JoinStates {
  readonly kept: string
  readonly joined: string
}

/** Null if one of them does not exist any more. */
export const findJoinStates = async ({ orm }: Store, { kept, joined }: Pair): Promise<JoinStates | null> => {
  const [states] = await orm.all<{ kept: string | null; joined: string | null }>(
    sql`SELECT ${stateOf(kept, joined)} AS kept, ${stateOf(joined, kept)} AS joined`,
  )
  return states?.kept && states.joined ? { kept: states.kept, joined: states.joined } : null
}

export const parseJoinState = (state: string): JoinState => JSON.parse(state)

interface Joining {
  readonly ids: Pair
  /** As they were when it was decided that the accounts can be joined. */
  readonly states: JoinStates
  /** Of the address of the account that goes away. */
  readonly emailKey: string | null
  /** The contracts in which the account that goes away is used. */
  readonly contracts: readonly ContractName[]
  readonly now: number
  readonly audit: readonly NewAuditEntry[]
  readonly notice: Notice
  readonly notices: NoticeContext
}

/** The only error whose text a SELECT can choose is that of a wrong JSON path. It undoes the whole batch. */
const CHANGED = 'join:changed'

const isChanged = (error: unknown): boolean => error instanceof Error && (error.message.includes(CHANGED) || isChanged(error.cause))

/**
 * Gives the rows of one account to another one and deletes it, with its credentials, links and counters: all or nothing. If one of
 * the two has changed since it was decided (another password, a closing, a row in a further contract, the same request in
 * parallel), nothing happens, and the result is null. Otherwise it contains the names that are new.
 */
export const joinAccounts = async (store: Store, joining: Joining): Promise<ContractNames | null> => {
  const { orm } = store
  const { ids, states, emailKey, contracts, now, audit, notice, notices } = joining
  const { kept, joined } = ids
  const values = parseJoinState(states.joined)
  const { email, objectId } = values
  const isUsedInMeetups = contracts.includes('meetups')
  const also = email === parseJoinState(states.kept).email ? undefined : email
  const columns = [...Object.values(CONTRACT_COLUMNS).flat(), ...SHARED_COLUMNS]
  const isKept = eq(accounts.id, kept)
  try {
    const [, names] = await orm.batch([
      rowsOf(
        orm,
        sql`SELECT CASE WHEN ${stateOf(kept, joined)} IS ${states.kept} AND ${stateOf(joined, kept)} IS ${states.joined} THEN 1
          ELSE json_extract('{}', ${CHANGED}) END`,
      ),
      // Its username becomes its name in these contracts, unless it has another name there or belongs to another person there.
      rowsOf<{ contract: ContractName; name: string }>(
        orm,
        sql`INSERT INTO contract_names (contract, name, name_key, account_id)
          SELECT value, username, username_key, ${kept} FROM accounts, json_each(${JSON.stringify(contracts)})
          WHERE accounts.id = ${joined} AND NOT EXISTS (SELECT 1 FROM contract_names WHERE contract = value AND account_id = ${joined})
          ON CONFLICT DO NOTHING RETURNING contract, name`,
      ),
      ...audit.map((entry) => auditInsert(orm, entry)),
      ...insertNotices(orm, [{ differs: sql`true`, notice, also }], isKept, notices),
      ...columns.map(({ table, name }) =>
        rowsOf(orm, sql`UPDATE OR IGNORE ${table} SET ${sql.identifier(name)} = ${kept} WHERE ${sql.identifier(name)} = ${joined}`),
      ),
      // What one of them blocks may be connected with the other one.
      ...disconnect(
        orm,
        sql`(SELECT ${kept} AS column1, blocked_id AS column2 FROM (${blockedIdsOf(kept)})
          UNION ALL SELECT blocked_id, ${kept} FROM (${blockedIdsOf(kept)}))`,
      ),
      orm.delete(accounts).where(eq(accounts.id, joined)),
      // The unique values are free now.
      orm
        .update(accounts)
        .set({
          ...Object.fromEntries(FILLED.map((name) => [name, sql`coalesce(nullif(${accounts[name]}, ''), ${values[name]})`])),
          emailKey: sql`coalesce(email_key, CASE WHEN email IN ('', ${email}) AND NOT EXISTS (SELECT 1 FROM accounts WHERE email_key = ${emailKey}) THEN ${emailKey} END)`,
          ...(isUsedInMeetups && { objectId }),
          updatedAt: now,
        })
        .where(isKept),
      // Their tokens contain the id that the account had in meetups.
      orm
        .delete(credentials)
        .where(and(eq(credentials.accountId, kept), eq(credentials.kind, 'pair'), isUsedInMeetups ? undefined : sql`false`)),
    ])
    return Object.fromEntries(names.map(({ contract, name }) => [contract, name]))
  } catch (error) {
    if (isChanged(error)) return null
    throw error
  }
}
