import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { planText } from '../../../../src/cli/move/plan/print.ts'
import { createTarget, type TestTarget } from '../database.ts'
import { createFolder, FIXTURE_NAMES, type FixtureName, type Folder, peopleOf, unpack } from '../fixtures.ts'
import { importPlan, moveIn, planFor, verifyPlan } from '../moving.ts'

/** What becomes of the rows that Concord's rules refuse, and how an import behaves in a database that changes meanwhile. */

let folder: Folder
let target: TestTarget
beforeAll(() => {
  folder = createFolder()
  for (const name of FIXTURE_NAMES) unpack(folder, name)
})
afterAll(() => folder.remove())
beforeEach(() => {
  target = createTarget()
})
afterEach(() => target.close())

const pathOf = (name: FixtureName): string => folder.file(name, name === 'meetups' ? 'dump' : 'db.sqlite3')

const rowsFor = (name: string, table: string, column = 'account_id') =>
  target.rows(`SELECT * FROM ${table} WHERE ${column} = (SELECT id FROM accounts WHERE username = ?)`, name)

const personWith = (fixture: FixtureName, trap: RegExp): string =>
  peopleOf(fixture).people.find(({ traps }) => traps.some((name) => trap.test(name)))?.username ?? ''

describe('recovery', () => {
  test('ten contacts of twelve, levels and ages in range, and no therapist of another person', async () => {
    const { report } = await moveIn(target, pathOf('recovery'))
    expect(rowsFor(personWith('recovery', /contacts-12/), 'emergency_contacts')).toHaveLength(10)
    expect(
      target.rows('SELECT count(*) AS rows FROM recovery_profiles WHERE ptsd_level IS NOT NULL AND ptsd_level NOT BETWEEN 1 AND 5'),
    ).toEqual([{ rows: 0 }])
    expect(
      target.rows(
        `SELECT count(*) AS rows FROM recovery_profiles p JOIN therapists t ON t.id = p.therapist_id WHERE t.account_id <> p.account_id`,
      ),
    ).toEqual([{ rows: 0 }])
    expect(report.reasons('changed')).toContainEqual({
      model: 'main.userinfo',
      reason: 'it names the therapist of another account: it has none',
      rows: 1,
    })
  })

  test('a scenario that staff changed is a row of its own, and the people who chose it still have it', async () => {
    await moveIn(target, pathOf('recovery'))
    const chosen = target.rows(
      `SELECT DISTINCT s.name, s.play_music FROM recovery_profiles p JOIN alarm_scenarios s ON s.id = p.scenario_id`,
    )
    expect(chosen).toContainEqual({ name: 'Pattern 1', play_music: 0 })
    expect(target.rows("SELECT id, play_music FROM alarm_scenarios WHERE id <= 4 AND name = 'Pattern 1'")).toEqual([
      { id: 2, play_music: 1 },
    ])
  })
})

describe('matrimony', () => {
  test('one alert of unread messages, counted here; one reminder; one text for many members', async () => {
    await moveIn(target, pathOf('matrimony'))
    expect(rowsFor('Zetara', 'notifications', 'receiver_id').filter(({ kind }) => kind === 'unread')).toMatchObject([
      { amount: 3, is_read: 0 },
    ])
    expect(target.rows("SELECT count(*) AS rows FROM notifications WHERE kind = 'reminder'")).toEqual([{ rows: 1 }])
    expect(target.rows("SELECT count(*) AS rows FROM announcements WHERE title = 'New year greetings'")).toEqual([{ rows: 1 }])
    expect(target.rows("SELECT min(id) AS id FROM notifications WHERE kind = 'bulk'")).toEqual([{ id: 105 }])
  })

  test('of several matches of one pair the newest, and none that was rejected', async () => {
    await moveIn(target, pathOf('matrimony'))
    expect(target.rows('SELECT score, status FROM matches ORDER BY score')).toEqual([
      { score: -10, status: 'pending' },
      { score: 75.83333333333333, status: 'accepted' },
    ])
  })

  test('pictures are cleaned and stored once each; who has none gets a plain one', async () => {
    const pictures = new Map<string, Uint8Array>()
    const { plan } = await moveIn(target, pathOf('matrimony'), { pictures })
    const images = target.rows('SELECT image FROM matrimony_profiles').map(({ image }) => `profile_img/${image}`)
    expect(images.every((name) => pictures.has(name))).toBe(true)
    expect(new Set(images).size).toBe(37)
    for (const bytes of pictures.values()) expect(Buffer.from(bytes).includes('tEXt')).toBe(false)
    const again = new Map<string, Uint8Array>()
    await importPlan(target, pathOf('matrimony'), plan, { pictures: again })
    expect(again.size).toBe(0)
  })

  test('a role suspends only closed accounts, and gives no flags; a phone number belongs to one account', async () => {
    await moveIn(target, pathOf('matrimony'))
    expect(target.rows('SELECT count(*) AS rows FROM accounts WHERE is_suspended = 1')).toEqual([{ rows: 1 }])
    expect(target.rows('SELECT count(*) AS rows FROM accounts WHERE is_admin + is_staff + is_superuser > 0')).toEqual([{ rows: 0 }])
    expect(target.rows("SELECT count(*) AS rows FROM accounts WHERE phone_number NOT LIKE '+%'")).toEqual([{ rows: 0 }])
  })

  test('a profile that was put away is in no list', async () => {
    await moveIn(target, pathOf('matrimony'))
    expect(
      rowsFor(personWith('matrimony', /profile-inactive|put-away|inactive-profile/) || 'abbacus.ipsumworth', 'matrimony_profiles'),
    ).toMatchObject([{ is_listed: 0 }])
  })
})

describe('meetups', () => {
  test('one record for each pair, plans with text as zipcode, one answer of each person', async () => {
    await moveIn(target, pathOf('meetups'))
    const location = (id: string) => JSON.parse(`${target.rows('SELECT location FROM plans WHERE id = ?', id)[0]?.location ?? 'null'}`)
    expect(location('6ab662400dc00a6519003d7f')).toMatchObject({ zipcode: '02215' })
    expect(location('6ac0ee400dc00a6519003d87')).toMatchObject({ city: '', zipcode: '' })
    const gone = ['6ab7b3c00dc00a6519003d80', '6ab905400dc00a6519003d81', '6aba56c00dc00a6519003d82', '6ac391400dc00a6519003d89']
    expect(target.rows('SELECT id FROM plans WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(gone))).toEqual([])
    expect(target.rows('SELECT start_time FROM plans WHERE id = ?', '6ac4e2c00dc00a6519003d8a')).toEqual([{ start_time: null }])
    // Of a rejected and an accepted record of one pair, the friendship.
    expect(target.rows("SELECT status FROM friend_records WHERE id = '6acccbc00dc00a6519003d5a'")).toEqual([])
    expect(target.rows('SELECT count(*) AS rows FROM plan_dismissals')).toEqual([{ rows: 1 }])
    expect(target.rows("SELECT count(*) AS rows FROM credentials WHERE kind = 'pair'")).toEqual([{ rows: 40 }])
  })
})

test('facility: theme, text size and the code of the facility are imported', async () => {
  await moveIn(target, pathOf('facility-later'))
  expect(
    target.rows("SELECT count(*) AS rows FROM facility_profiles WHERE theme <> 'light' OR text_size <> 'txt-base'")[0]?.rows,
  ).toBeGreaterThan(0)
  expect(target.rows("SELECT count(*) AS rows FROM facility_profiles WHERE facility_id <> ''")[0]?.rows).toBeGreaterThan(0)
  expect(target.rows('SELECT count(DISTINCT former_uuid) AS rows FROM facility_profiles')).toEqual([{ rows: 39 }])
})

test('a dump without ids of accounts: each gets a new one, which the report lists', async () => {
  const { report } = await moveIn(target, folder.file('mindharmony/dumpdata-natural.json'))
  expect(report.reasons('changed')).toContainEqual({
    model: 'auth.user',
    reason: 'the dump has no ids of accounts: it has a new one',
    rows: 40,
  })
  expect(target.rows('SELECT count(*) AS rows FROM accounts WHERE id < 5 * 268435456')).toEqual([{ rows: 0 }])
})

test('a plan lists what is not imported, and the report the same, and the rows one by one', async () => {
  const plan = await planFor(target, pathOf('matrimony-later'))
  expect(plan.notImported).toEqual(
    expect.arrayContaining([
      { model: 'app_subscription.subscription', rows: 5, reason: expect.stringContaining('no prices') },
      { model: 'app_message.message', rows: 3, reason: 'the contract has no connection requests' },
    ]),
  )
  expect(planText(plan)).toContain('  3  app_message.message: the contract has no connection requests\n')
  const report = await importPlan(target, pathOf('matrimony-later'), plan)
  // One of the five has a duration that cannot be read.
  expect(report.reasons('changed')).toContainEqual({
    model: 'app_subscription.subscription',
    reason: expect.stringContaining('no prices'),
    rows: 4,
  })
  expect(report.reasons('stays')).toContainEqual({
    model: 'app_message.message',
    reason: 'the contract has no connection requests',
    rows: 3,
  })
  const other = await planFor(target, pathOf('recovery'))
  expect(other.notImported).toContainEqual({
    model: 'event.alarm',
    rows: 1,
    reason: expect.stringContaining('open, acknowledged or cancelled'),
  })
  expect((await importPlan(target, pathOf('recovery'), other)).text()).toContain('  1  event.alarm: an alarm of the contract is open, ')
})

describe('what the operator decides', () => {
  test('flags for those who are named, another name, and people who are left out with everything that is theirs', async () => {
    const { plan } = await moveIn(target, pathOf('mindharmony'), {
      change: (made) => ({
        ...made,
        flags: { admin: ['staff', 'superuser'] },
        leaveOut: ['2'],
        accounts: {
          ...made.accounts,
          renamed: made.accounts.renamed.map((name) => (name.id === '4' ? { ...name, as: 'etan.the.second' } : name)),
        },
      }),
    })
    expect(target.rows('SELECT username, is_admin FROM accounts WHERE is_staff = 1 AND is_superuser = 1')).toEqual([
      { username: 'admin', is_admin: 0 },
    ])
    expect(
      target.rows("SELECT c.name FROM contract_names c JOIN accounts a ON a.id = c.account_id WHERE a.username = 'etan.the.second'"),
    ).toEqual([{ name: 'Etan' }])
    expect(rowsFor('quensa.mockridge', 'practice_profiles')).toEqual([])
    expect((await verifyPlan(target, pathOf('mindharmony'), plan)).reasons('differs')).toEqual([])
  })
})

describe('a database that changes meanwhile', () => {
  test('a name is registered between plan and import: the account keeps it in its contract, and gets another one', async () => {
    const plan = await planFor(target, pathOf('mindharmony'))
    target.run(
      "INSERT INTO accounts (object_id, username, username_key, email, email_key, password, created_at, updated_at) VALUES (?, 'Etan', 'etan', 'x', 'etan.first@example.com', '!', 0, 0)",
      '0'.repeat(24),
    )
    await importPlan(target, pathOf('mindharmony'), plan)
    const [account] = target.rows("SELECT a.* FROM contract_names c JOIN accounts a ON a.id = c.account_id WHERE c.name = 'etan'")
    // The plan has given Etan.mindharmony to another one already.
    expect(account).toMatchObject({ username: 'etan.mindharmony.3', email: 'etan.first@example.com', email_key: null })
    expect((await verifyPlan(target, pathOf('mindharmony'), plan)).reasons('differs')).toEqual([])
  })

  test('what people delete, and accounts that are erased, do not come back with the next import', async () => {
    const { plan } = await moveIn(target, pathOf('recovery'))
    target.run('DELETE FROM emergency_contacts WHERE id IN (SELECT min(id) FROM emergency_contacts)')
    target.run("DELETE FROM credentials WHERE account_id = (SELECT id FROM accounts WHERE username = 'admin')")
    target.run("DELETE FROM accounts WHERE username = 'quensa.mockridge'")
    const before = target.dump()
    await importPlan(target, pathOf('recovery'), plan)
    const { moved_rows: _, ...after } = target.dump()
    expect(after).toEqual(Object.fromEntries(Object.entries(before).filter(([table]) => table !== 'moved_rows')))
    const report = await verifyPlan(target, pathOf('recovery'), plan)
    expect(report.reasons('differs').map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['it is not here any more: it has been deleted']),
    )
  })

  test('two imports at the same time double nothing', async () => {
    const plan = await planFor(target, pathOf('meetups'))
    await Promise.all([importPlan(target, pathOf('meetups'), plan), importPlan(target, pathOf('meetups'), plan)])
    const other = createTarget()
    await importPlan(other, pathOf('meetups'), plan)
    for (const table of ['accounts', 'friend_records', 'plans', 'rsvps', 'meetup_profiles', 'credentials']) {
      const count = `SELECT count(*) AS rows FROM ${table}`
      expect(target.rows(count), table).toEqual(other.rows(count))
    }
    expect((await verifyPlan(target, pathOf('meetups'), plan)).reasons('differs')).toEqual([])
    other.close()
  })

  test('a name that does not lead to its account is found', async () => {
    const { plan } = await moveIn(target, pathOf('mindharmony'))
    target.run("DELETE FROM contract_names WHERE name = 'Etan'")
    expect((await verifyPlan(target, pathOf('mindharmony'), plan)).reasons('differs')).toEqual([
      { model: 'auth.user', reason: 'its name does not lead to it', rows: 1 },
    ])
  })

  test('a change here is found, and one that is not as the source has it', async () => {
    const { plan } = await moveIn(target, pathOf('mindharmony'))
    target.run("UPDATE practice_profiles SET bio = 'changed' WHERE account_id = (SELECT id FROM accounts WHERE username = 'admin')")
    target.run("UPDATE accounts SET username = 'x', username_key = 'x' WHERE username = 'etan'")
    const report = await verifyPlan(target, pathOf('mindharmony'), plan)
    expect(report.reasons('differs')).toEqual([
      { model: 'auth.user', reason: 'it was changed here since', rows: 1 },
      { model: 'user.userprofile', reason: 'it was changed here since', rows: 1 },
    ])
  })
})
