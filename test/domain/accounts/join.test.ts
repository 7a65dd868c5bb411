import { env } from 'cloudflare:workers'
import { getTableName } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { sendNotices } from '../../../src/domain/accounts/notices.ts'
import { CONTRACTS, type ContractName } from '../../../src/model/contract.ts'
import { CONTRACT_COLUMNS, findJoinStates, joinAccounts, SHARED_COLUMNS } from '../../../src/store/joining.ts'
import { createStore } from '../../../src/store/store.ts'
import { accountColumns } from '../../support/account-columns.ts'
import { at, call, ORIGIN, type TestResponse } from '../../support/call.ts'
import { CONTRACT_CLIENTS } from '../../support/contracts.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { subscribe } from '../../support/matrimony.ts'
import { addedId, addRsvp, befriend } from '../../support/meetups.ts'
import { hex, insert, insertEverything } from '../../support/own-rows.ts'
import { freshName, PASSWORD, type Person, person, personWith } from '../../support/people.ts'
import { handleWith, withSystemContext, withWorkerContext } from '../../support/worker-context.ts'

const OTHER_PASSWORD = 'another horse 8'

/** The other account of a person: with another password. */
const otherAccount = async (): Promise<Person> => {
  const username = freshName('other')
  const email = `${username}@example.com`
  const registered = await call('POST', '/user/register/', { json: { username, email, password: OTHER_PASSWORD } })
  const id = Number(at(registered, 'user', 'id'))
  const objectId = await env.DB.prepare('SELECT object_id FROM accounts WHERE id = ?').bind(id).first<string>('object_id')
  return { id, objectId: String(objectId), username, email, token: `Token ${at(registered, 'token')}` }
}

const twoAccounts = async () => ({ kept: await person(), joined: await otherAccount() })

const join = (kept: Person, joined: Person, changes: Record<string, unknown> = {}): Promise<TestResponse> =>
  call('POST', '/account/join', {
    as: kept.token,
    json: { password: PASSWORD, contract: 'mindharmony', username: joined.username, other_password: OTHER_PASSWORD, ...changes },
  })

const logIn = async (contract: ContractName, username: string, password: string) =>
  (await CONTRACT_CLIENTS[contract].logIn({ username, password })).status === 200

const rowsOf = async (sql: string, ...values: unknown[]) =>
  (
    await env.DB.prepare(sql)
      .bind(...values)
      .all()
  ).results
const countOf = (table: string, column: string, id: number) =>
  env.DB.prepare(`SELECT count(*) AS n FROM "${table}" WHERE "${column}" = ?`).bind(id).first<number>('n')

/** Every row of the database, except of the tables in which each request leaves a trace. */
const snapshot = async (): Promise<string> => {
  const tables = await rowsOf(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'
     AND name NOT IN ('quota_uses', 'login_failures', 'audit_entries') ORDER BY name`,
  )
  return JSON.stringify(await Promise.all(tables.map(({ name }) => rowsOf(`SELECT * FROM "${name}"`))))
}

const expectRefusal = async (response: Promise<TestResponse>, detail: string) => {
  const { status, json } = await response
  expect([status, json]).toEqual([409, { detail }])
}

const BOTH = (contract: ContractName) => `Both accounts are used in ${contract}.`
const RECOVERY = 'The other account is used in recovery, so it is the one that is kept: log in to it, and join this one to it.'

/** Columns that refer to an account and whose rows end with the one that goes away. */
const ENDING: Readonly<Record<string, string>> = {
  'announcement_gaps.account_id': 'which announcements the kept account receives does not change',
  'audit_entries.actor_id': 'entries are never changed',
  'audit_entries.subject_id': 'entries are never changed',
  'calendar_feeds.account_id': 'an address that gives access ends with the password',
  'credentials.account_id': 'log-ins end with the password',
  'erasures.account_id': 'a closed account is not joined',
  'name_prefixes.account_id': 'a trigger maintains the table',
  'one_time_links.account_id': 'the links are for the account that they were sent to',
  'passkey_enrolments.account_id': 'the permission is for one account',
  'push_subscriptions.account_id': 'a device ends with its log-in',
  'quota_uses.account_id': 'the kept account has counters of its own',
  'revoked_connections.account_id': 'a queue of work, emptied after a day',
}

const movedColumns = [...Object.values(CONTRACT_COLUMNS).flat(), ...SHARED_COLUMNS].map(
  (column) => [getTableName(column.table), column.name] as const,
)

test('every column that refers to an account is moved by a join, or its rows end', () => {
  expect(accountColumns.length).toBeGreaterThan(35)
  const moved = movedColumns.map((column) => column.join('.'))
  expect([...moved, ...Object.keys(ENDING)].sort()).toEqual(accountColumns.map(({ column }) => column).sort())
})

test('each statement uses indexes', async () => {
  const { kept, joined } = await twoAccounts()
  const ids = { kept: kept.id, joined: joined.id }
  const states = await findJoinStates(createStore(env.DB), ids)
  if (!states) throw new Error('no states')
  const audit = {
    at: 0,
    action: 'account-joined',
    role: 'member',
    actorId: 1,
    credentialId: '',
    address: '',
    subjectId: 1,
    detail: '',
  } as const
  const notices = { key: 'k', now: 0, today: '2026-01-01', rule: { quota: 'notices', perDay: 10 } }
  const joining = { ids, states, emailKey: null, contracts: CONTRACTS, now: 0, audit: [audit], notice: { subject: '', body: '' }, notices }
  expect(expensiveSteps(await explain((store) => joinAccounts(store, joining)), 'mail')).toEqual([])
})

describe('two accounts are joined', () => {
  test('with all rows of the one that goes away', async () => {
    const [{ kept, joined }, third] = [await twoAccounts(), await person()]
    await insertEverything(joined.id, third.id)
    for (const { table, name } of CONTRACT_COLUMNS.recovery) {
      await env.DB.prepare(`DELETE FROM "${getTableName(table)}" WHERE "${name}" = ?`)
        .bind(joined.id)
        .run()
    }
    await env.DB.prepare("UPDATE contract_names SET contract = 'facility' WHERE account_id = ?").bind(joined.id).run()
    await insert('blocks', { blocker_id: joined.id, blocked_id: (await person()).id, created_at: 1 })
    await insert('member_reports', { reporter_id: joined.id, reported_id: third.id, reason: 'spam', created_at: 1 })
    await insert('emergency_contacts', { account_id: kept.id, name: 'Ann', phone: '+1', relationship: 'sister', created_at: 1 })
    await insert('announcements', { title: 'Match', content: 'm', subject_id: joined.id, created_at: 1 })
    const before = await Promise.all(movedColumns.map(([table, column]) => countOf(table, column, joined.id)))
    const kinds = movedColumns.filter((_, index) => before[index] !== 0).map(([table]) => table)
    expect(new Set(kinds).size).toBeGreaterThan(22)

    expect((await join(kept, joined)).status).toBe(200)
    expect(await rowsOf('SELECT id FROM accounts WHERE id = ?', joined.id)).toEqual([])
    for (const [index, [table, column]] of movedColumns.entries()) {
      expect([table, column, await countOf(table, column, joined.id)]).toEqual([table, column, 0])
      if (table === 'contract_names' || table === 'login_networks' || table === 'outbox' || table === 'emergency_contacts') continue
      expect([table, column, await countOf(table, column, kept.id)]).toEqual([table, column, before[index]])
    }
    expect(await countOf('emergency_contacts', 'account_id', kept.id)).toBe(1)
    const exported = await call('GET', '/account/export', { as: kept.token })
    expect(at(exported, 'practice_sessions', 0, 'name')).toBe('Sit')
    expect(at(exported, 'direct_messages_sent', 0, 'content')).toBe('zebra sent')
  })

  test('numbered pages of profiles count them once, with the new id', async () => {
    const { kept, joined } = await twoAccounts()
    const bucket = (id: number) =>
      env.DB.prepare("SELECT members FROM list_buckets WHERE list = 'profiles' AND level = 1 AND bucket = ?")
        .bind(id >> 8)
        .first<number>('members')
    const id = joined.id + 100_000
    await env.DB.batch([
      env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(joined.id),
      env.DB.prepare('UPDATE accounts SET id = ? WHERE id = ?').bind(id, joined.id),
    ])
    await insert('matrimony_profiles', { account_id: id, is_listed: 1, image: `${hex('', 32)}.jpg`, created_at: 1, updated_at: 1 })
    const [here, there] = [(await bucket(kept.id)) ?? 0, (await bucket(id)) ?? 0]
    expect((await join(kept, joined)).status).toBe(200)
    expect([await bucket(kept.id), await bucket(id)]).toEqual([here + 1, there - 1])
  })

  test('one password and each former name open the kept account', async () => {
    const { kept, joined } = await twoAccounts()
    await insert('facility_profiles', { account_id: joined.id, display_name: 'Etan' })
    const response = await join(kept, joined)
    expect(response.json).toEqual({
      usernames: {
        facility: joined.username,
        matrimony: kept.username,
        meetups: kept.username,
        mindharmony: joined.username,
        recovery: kept.username,
      },
    })
    for (const contract of CONTRACTS) {
      expect([contract, await logIn(contract, kept.username, PASSWORD)]).toEqual([contract, true])
      const isOwn = contract === 'facility' || contract === 'mindharmony'
      expect([contract, await logIn(contract, joined.username, PASSWORD)]).toEqual([contract, isOwn])
      expect([contract, await logIn(contract, joined.username, OTHER_PASSWORD)]).toEqual([contract, false])
    }
    // Before, the name was a username: its case did not count.
    expect(await logIn('facility', joined.username.toUpperCase(), PASSWORD)).toBe(true)
    // The name stays taken.
    const taken = await CONTRACT_CLIENTS.mindharmony.register({ username: joined.username.toUpperCase(), email: '', password: PASSWORD })
    expect(taken.status).toBe(400)
  })

  test('the log-ins of the other account end, those of the kept one stay', async () => {
    const { kept, joined } = await twoAccounts()
    expect((await join(kept, joined)).status).toBe(200)
    expect((await call('GET', '/session/', { as: joined.token })).status).toBe(401)
    expect((await call('GET', '/session/', { as: kept.token })).status).toBe(200)
  })

  test('with the id that the other account had in meetups', async () => {
    const { kept, joined } = await twoAccounts()
    const guest = await person()
    const plan = await addedId(joined)
    await addRsvp(guest, plan)
    const pair = await CONTRACT_CLIENTS.meetups.logIn({ username: kept.username, password: PASSWORD })
    expect((await join(kept, joined, { contract: 'meetups' })).status).toBe(200)
    expect(at(await call('GET', `/api/users/${joined.objectId}/`, { as: guest.token }), 'username')).toBe(joined.username)
    // The token contains the id that the account had before.
    expect((await call('GET', '/api/profile/', { headers: CONTRACT_CLIENTS.meetups.credential(pair) })).status).toBe(401)
  })

  test('the kept account keeps its details, and gets those that it lacks', async () => {
    const { kept, joined } = await twoAccounts()
    await env.DB.batch([
      env.DB.prepare("UPDATE accounts SET email = '', email_key = NULL, last_name = 'Own' WHERE id = ?").bind(kept.id),
      env.DB.prepare("UPDATE accounts SET phone_number = '+14155550199', first_name = 'Zed', last_name = 'Other' WHERE id = ?").bind(
        joined.id,
      ),
    ])
    expect((await join(kept, joined)).status).toBe(200)
    const [row] = await rowsOf('SELECT email, email_key, phone_number, first_name, last_name FROM accounts WHERE id = ?', kept.id)
    expect(row).toEqual({ email: joined.email, email_key: joined.email, phone_number: '+14155550199', first_name: 'Zed', last_name: 'Own' })
    expect(await rowsOf("SELECT account_id FROM name_prefixes WHERE prefix = 'zed' AND account_id IN (?, ?)", kept.id, joined.id)).toEqual([
      { account_id: kept.id },
    ])
  })

  test('an address that a third account has stays without its key', async () => {
    const { kept, joined } = await twoAccounts()
    const third = await person()
    await env.DB.batch([
      env.DB.prepare("UPDATE accounts SET email = '', email_key = NULL WHERE id = ?").bind(kept.id),
      env.DB.prepare('UPDATE accounts SET email = ?, email_key = NULL WHERE id = ?').bind(third.email, joined.id),
    ])
    expect((await join(kept, joined)).status).toBe(200)
    expect(await rowsOf('SELECT email, email_key FROM accounts WHERE id = ?', kept.id)).toEqual([{ email: third.email, email_key: null }])
  })

  test('a block of one ends what the other has with the blocked person', async () => {
    const { kept, joined } = await twoAccounts()
    const [blocked, friend] = [await person(), await person()]
    await befriend(joined, blocked)
    await befriend(joined, friend)
    await insert('blocks', { blocker_id: kept.id, blocked_id: blocked.id, created_at: 1 })
    expect((await join(kept, joined)).status).toBe(200)
    expect(await rowsOf('SELECT sender_id, receiver_id FROM friend_records WHERE ? IN (sender_id, receiver_id)', kept.id)).toEqual([
      { sender_id: kept.id, receiver_id: friend.id },
    ])
    expect((await call('GET', `/api/users/${blocked.objectId}/`, { as: kept.token })).status).toBe(404)
  })

  test('it is in the audit trail of both, and both addresses are notified', async () => {
    const { kept, joined } = await twoAccounts()
    expect((await join(kept, joined)).status).toBe(200)
    expect(
      await rowsOf(
        "SELECT actor_id, subject_id, detail FROM audit_entries WHERE action = 'account-joined' AND actor_id = ? ORDER BY id",
        kept.id,
      ),
    ).toEqual([
      { actor_id: kept.id, subject_id: kept.id, detail: String(joined.id) },
      { actor_id: kept.id, subject_id: joined.id, detail: String(kept.id) },
    ])
    const mails = await rowsOf('SELECT address, subject, body FROM outbox WHERE account_id = ? ORDER BY key', kept.id)
    expect(mails.map(({ address, subject }) => [address, subject])).toEqual([
      [kept.email, 'Two accounts were joined'],
      [joined.email, 'Two accounts were joined'],
    ])
    for (const secret of [kept.username, joined.username, PASSWORD, 'argon2']) expect(String(mails[0]?.body)).not.toContain(secret)
    expect(await withSystemContext(sendNotices)).toBeGreaterThanOrEqual(0)
  })
})

describe('a join is refused, and nothing changes', () => {
  const setUp = async () => {
    const people = await twoAccounts()
    return {
      ...people,
      sql: (sql: string, ...values: unknown[]) =>
        env.DB.prepare(sql)
          .bind(...values)
          .run(),
    }
  }

  test('if both accounts are used in one contract', async () => {
    const { kept, joined } = await setUp()
    for (const { id } of [kept, joined])
      await insert('practice_sessions', { account_id: id, name: 'Sit', date: '2026-01-01', duration: 5, created_at: 1 })
    const before = await snapshot()
    await expectRefusal(join(kept, joined), BOTH('mindharmony'))
    await expectRefusal(join(kept, joined, { contract: 'meetups' }), BOTH('mindharmony'))
    expect(await snapshot()).toBe(before)
  })

  test('if the kept account is used in the contract that the other one logs in to', async () => {
    const { kept, joined } = await setUp()
    await insert('facility_profiles', { account_id: kept.id })
    await expectRefusal(join(kept, joined, { contract: 'facility' }), BOTH('facility'))
  })

  test('if they are friends, or have written to each other', async () => {
    const { kept, joined } = await setUp()
    await befriend(kept, joined)
    await expectRefusal(join(kept, joined), BOTH('meetups'))
    const others = await setUp()
    await insert('direct_messages', {
      sender_id: others.kept.id,
      receiver_id: others.joined.id,
      content: 'm',
      created_at: 1,
      updated_at: 1,
    })
    await expectRefusal(join(others.kept, others.joined), BOTH('matrimony'))
  })

  test('if both have a subscription', async () => {
    const { kept, joined } = await setUp()
    await insert('subscription_plans', {
      plan_type: 'gold',
      start_date: '2026-01-01',
      end_date: '2027-01-01',
      created_at: 1,
      updated_at: 1,
    })
    const plan = (await env.DB.prepare('SELECT max(id) AS id FROM subscription_plans').first<number>('id')) ?? 0
    await subscribe(kept, plan)
    await subscribe(joined, plan)
    await expectRefusal(join(kept, joined), BOTH('matrimony'))
    await env.DB.prepare('UPDATE accounts SET subscription_plan_id = NULL WHERE id = ?').bind(kept.id).run()
    expect((await join(kept, joined)).status).toBe(200)
    expect(await rowsOf('SELECT subscription_plan_id AS plan FROM accounts WHERE id = ?', kept.id)).toEqual([{ plan }])
  })

  test('if one has blocked the other', async () => {
    for (const order of [0, 1]) {
      const { kept, joined } = await setUp()
      const [blocker, blocked] = order === 0 ? [kept, joined] : [joined, kept]
      await insert('blocks', { blocker_id: blocker.id, blocked_id: blocked.id, created_at: 1 })
      await expectRefusal(join(kept, joined), 'One of the accounts has blocked the other one.')
    }
  })

  test.each(['is_admin', 'is_staff', 'is_superuser'] as const)('if one of them has the flag %s', async (flag) => {
    const { kept, joined, sql } = await setUp()
    await sql(`UPDATE accounts SET ${flag} = 1 WHERE id = ?`, joined.id)
    await expectRefusal(join(kept, joined), 'Accounts of staff cannot be joined.')
    const staff = await personWith(flag)
    await expectRefusal(join(staff, await otherAccount()), 'Accounts of staff cannot be joined.')
  })

  test('if the other one is closed or suspended, or is the same', async () => {
    const { kept, joined, sql } = await setUp()
    await sql('UPDATE accounts SET is_active = 0, is_suspended = 1 WHERE id = ?', joined.id)
    await expectRefusal(join(kept, joined), 'The other account is closed.')
    await expectRefusal(join(kept, kept, { other_password: PASSWORD }), 'This is the same account.')
  })

  test('if the other one is used in recovery: in the database, in its objects, or by its former number', async () => {
    const { kept, joined } = await setUp()
    await expectRefusal(join(kept, joined, { contract: 'recovery' }), RECOVERY)
    await insert('recovery_profiles', { account_id: joined.id })
    await expectRefusal(join(kept, joined), RECOVERY)

    const writer = await otherAccount()
    const author = { id: writer.id, username: writer.username }
    const message = { sender: author, fromAdmin: false, message: 'hello', clientId: 'c1', connectionId: '' }
    await env.SUPPORT_ROOM.getByName(String(writer.id)).storeMessage(author, message)
    await expectRefusal(join(kept, writer), RECOVERY)
    // The other way round it is possible.
    expect((await join(writer, kept, { password: OTHER_PASSWORD, other_password: PASSWORD })).status).toBe(200)
  })

  test('as long as the contract of the other one is taken over from a former server', async () => {
    const { kept, joined } = await setUp()
    const json = { password: PASSWORD, contract: 'mindharmony', username: joined.username, other_password: OTHER_PASSWORD }
    const headers = { Authorization: kept.token, 'Content-Type': 'application/json' }
    const response = await withWorkerContext((context) => {
      const none = { facility: undefined, matrimony: undefined, meetups: undefined, recovery: undefined }
      const upstreams = { ...none, mindharmony: { mode: 'adopt', origin: 'https://old.example.com' } } as const
      const settings = { ...context.settings, upstreams, loginLock: { ...context.settings.loginLock, failureResponseMs: 0 } }
      const request = new Request(`${ORIGIN}/account/join`, { method: 'POST', headers, body: JSON.stringify(json) })
      return handleWith(request, { ...context, settings })
    })
    expect([response.status, await response.json()]).toEqual([
      409,
      { detail: 'The people of this contract are still moving in. Please try again later.' },
    ])
  })

  test('without the right passwords, which count and lock as at a log-in', async () => {
    const { kept, joined } = await setUp()
    const before = await snapshot()
    const wrong = await join(kept, joined, { password: 'wrong 1' })
    expect([wrong.status, wrong.json]).toEqual([400, { password: ['The password is wrong.'] }])
    const OTHER = [400, { other_password: ['There is no account with this username and password.'] }]
    for (const changes of [{ other_password: 'wrong 1' }, { username: freshName('unknown') }]) {
      const { status, json } = await join(kept, joined, changes)
      expect([status, json]).toEqual(OTHER)
    }
    expect(await snapshot()).toBe(before)
    for (let attempt = 0; attempt < 11; attempt++) await join(kept, joined, { other_password: 'wrong 1' })
    expect((await join(kept, joined)).status).toBe(429)
    expect(await logIn('mindharmony', joined.username, OTHER_PASSWORD)).toBe(false)
  })

  test('without a credential, and with an unknown contract', async () => {
    const { kept, joined } = await setUp()
    expect((await call('POST', '/account/join', { json: {} })).status).toBe(401)
    const unknown = await join(kept, joined, { contract: 'chess' })
    expect([unknown.status, unknown.json]).toEqual([400, { contract: ['"chess" is not a valid choice.'] }])
  })
})

describe('of what happens at the same time', () => {
  /** What is decided before the batch, with a change between the decision and the batch. */
  const joinAfter = async (change: (people: { kept: Person; joined: Person }) => Promise<unknown>) => {
    const people = await twoAccounts()
    const store = createStore(env.DB)
    const ids = { kept: people.kept.id, joined: people.joined.id }
    const states = await findJoinStates(store, ids)
    if (!states) throw new Error('no states')
    await change(people)
    const before = await snapshot()
    const notices = { key: freshName('notice'), now: 0, today: '2026-01-01', rule: { quota: 'notices', perDay: 10 } }
    const joining = {
      ids,
      states,
      emailKey: null,
      contracts: ['mindharmony'] as const,
      now: 0,
      audit: [],
      notice: { subject: '', body: '' },
      notices,
    }
    const names = await joinAccounts(store, joining)
    return { names, isUnchanged: (await snapshot()) === before }
  }
  const REFUSED = { names: null, isUnchanged: true }
  const sql = (text: string, ...values: unknown[]) =>
    env.DB.prepare(text)
      .bind(...values)
      .run()

  test('nothing that counts', async () => {
    expect(await joinAfter(async () => undefined)).toEqual({ names: { mindharmony: expect.any(String) }, isUnchanged: false })
  })

  test.each(['kept', 'joined'] as const)('another password, a closing, a flag or an erasure of the %s account wins', async (which) => {
    expect(await joinAfter((people) => sql("UPDATE accounts SET password = '$new' WHERE id = ?", people[which].id))).toEqual(REFUSED)
    expect(await joinAfter((people) => sql('UPDATE accounts SET is_active = 0 WHERE id = ?', people[which].id))).toEqual(REFUSED)
    expect(await joinAfter((people) => sql('UPDATE accounts SET is_staff = 1 WHERE id = ?', people[which].id))).toEqual(REFUSED)
    expect(await joinAfter((people) => sql('DELETE FROM accounts WHERE id = ?', people[which].id))).toEqual(REFUSED)
  })

  test('a row in another contract, a block, or another address wins', async () => {
    expect(await joinAfter(({ kept }) => insert('facility_profiles', { account_id: kept.id }))).toEqual(REFUSED)
    expect(await joinAfter(({ joined }) => insert('socket_users', { account_id: joined.id }))).toEqual(REFUSED)
    expect(await joinAfter(({ joined, kept }) => insert('blocks', { blocker_id: joined.id, blocked_id: kept.id, created_at: 1 }))).toEqual(
      REFUSED,
    )
    expect(await joinAfter(({ joined }) => sql("UPDATE accounts SET email = 'new@example.com' WHERE id = ?", joined.id))).toEqual(REFUSED)
  })

  test('one of two equal requests wins', async () => {
    const { kept, joined } = await twoAccounts()
    const responses = await Promise.all([join(kept, joined), join(kept, joined)])
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    // The other one is too late, or finds the kept account by the name.
    expect(responses.filter(({ status }) => status === 400 || status === 409)).toHaveLength(1)
    expect(await countOf('contract_names', 'account_id', kept.id)).toBe(1)
  })

  test('one of two opposite requests wins', async () => {
    const { kept, joined } = await twoAccounts()
    const opposite = () => join(joined, kept, { password: OTHER_PASSWORD, other_password: PASSWORD })
    const statuses = (await Promise.all([join(kept, joined), opposite()])).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(await rowsOf('SELECT id FROM accounts WHERE id IN (?, ?)', kept.id, joined.id)).toHaveLength(1)
  })

  test('a log-in to the other account leaves no credential, or is one of the kept account', async () => {
    const { kept, joined } = await twoAccounts()
    const [joining, loggedIn] = await Promise.all([
      join(kept, joined),
      CONTRACT_CLIENTS.mindharmony.logIn({ username: joined.username, password: OTHER_PASSWORD }),
    ])
    // A log-in between the decision and the batch does not count as a change.
    expect(joining.status).toBe(200)
    const { status } = await call('GET', '/session/', { headers: CONTRACT_CLIENTS.mindharmony.credential(loggedIn) })
    expect(status).toBe(401)
    expect(await countOf('credentials', 'account_id', joined.id)).toBe(0)
  })
})
