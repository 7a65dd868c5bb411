import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ORIGINALS } from '../../../../src/cli/move/models/originals.ts'
import type { Plan } from '../../../../src/cli/move/plan/plan-file.ts'
import { CONTRACT_ROWS } from '../../../../src/cli/move/rows/contracts.ts'
import { CONTRACTS } from '../../../../src/model/contract.ts'
import { createTarget, type TestTarget } from '../database.ts'
import { createFolder, type Folder } from '../fixtures.ts'
import { importPlan, moveIn, planFor, undoPlan, verifyPlan } from '../moving.ts'

/** Conversations of recovery: with the assistant, and with support. The second are messages in rooms. */

let folder: Folder
let target: TestTarget
beforeAll(() => {
  folder = createFolder()
})
afterAll(() => folder.remove())
beforeEach(() => {
  target = createTarget()
})
afterEach(() => target.close())

const T0 = Date.parse('2025-09-01T10:00:00Z')
const timeOf = (minute: number): string => new Date(T0 + minute * 60_000).toISOString()

const user = (pk: number, username: string, isStaff = false) => ({
  model: 'auth.user',
  pk,
  fields: {
    password: '!',
    last_login: null,
    is_superuser: isStaff,
    username,
    first_name: '',
    last_name: '',
    email: '',
    is_staff: isStaff,
    is_active: true,
    date_joined: timeOf(-100),
  },
})

const session = (pk: number, owner: number, type: string, receiver: number | null = null) => ({
  model: 'chat.chatsession',
  pk,
  fields: { user: owner, session_type: type, receiver, started_at: timeOf(0), ended_at: null },
})

const message = (pk: number, of: number, sender: string, text: string, minute: number) => ({
  model: 'chat.chatmessage',
  pk,
  fields: { session: of, sender, message: text, timestamp: timeOf(minute) },
})

const PEOPLE = [user(1, 'admin', true), user(2, 'sam'), user(3, 'ann')]

const SESSIONS = [session(1, 2, 'gpt'), session(2, 2, 'user', 1), session(3, 3, 'user'), session(4, 2, 'user', 3), session(5, 2, 'user', 1)]

/** Not in the order in which they were written. */
const MESSAGES = [
  message(8, 5, 'user', 'Again.', 20),
  message(1, 1, 'user', 'I cannot sleep.\nAgain.', 1),
  message(2, 1, 'gpt', 'Let us breathe together.', 2),
  message(3, 2, 'user', 'Здравствуйте', 3),
  message(5, 2, 'system', 'Operator joined', 4),
  message(4, 2, 'gpt', 'Shall I help?', 5),
  message(6, 3, 'user', 'Is anyone there?', 6),
  message(7, 4, 'user', 'Only for Ann', 7),
  message(9, 1, 'system', 'Session started', 0),
  message(10, 2, 'user', '  ', 8),
  message(13, 2, 'user', 'ü'.repeat(16 * 1024 + 1), 9),
]

let files = 0
const sourceOf = (...rows: readonly object[]): string => folder.write(`${++files}/dump.json`, JSON.stringify(rows))

const accountOf = (username: string): number => Number(target.rows('SELECT id FROM accounts WHERE username = ?', username)[0]?.id)

/** The room of a person, as each message is shown. */
const roomOf = (username: string) =>
  (target.rooms.messages.get(accountOf(username)) ?? []).map(({ message: text, fromAdmin, senderName, sentAt }) => [
    fromAdmin ? senderName : 'person',
    text,
    (sentAt - T0) / 60_000,
  ])

const SAM = [
  ['person', 'Здравствуйте', 3],
  ['system', 'Operator joined', 4],
  ['person', 'Again.', 20],
]

const ROOMS = 'chat.chatmessage rooms'

const differences = async (source: string, plan: Plan) =>
  (await verifyPlan(target, source, plan)).reasons('differs').toSorted((a, b) => a.reason.localeCompare(b.reason))

describe('an import', () => {
  test('sorts messages into rooms and into the turns of the assistant, in their order and with their times', async () => {
    const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
    const { plan, report } = await moveIn(target, source)
    expect(roomOf('sam')).toEqual(SAM)
    expect(roomOf('ann')).toEqual([['person', 'Is anyone there?', 6]])
    expect(target.rows('SELECT role, text, created_at FROM assistant_turns WHERE account_id = ? ORDER BY id', accountOf('sam'))).toEqual([
      { role: 'user', text: 'I cannot sleep.\nAgain.', created_at: T0 + 60_000 },
      { role: 'assistant', text: 'Let us breathe together.', created_at: T0 + 120_000 },
      { role: 'assistant', text: 'Shall I help?', created_at: T0 + 300_000 },
    ])
    expect(report.counts.filter(({ model }) => model.startsWith('chat.'))).toEqual([
      { model: 'chat.chatmessage', moved: 3, before: 0, present: 0 },
      { model: ROOMS, moved: 4, before: 0, present: 0 },
    ])
    expect(report.reasons('stays').filter(({ model }) => model.startsWith('chat.'))).toEqual(
      expect.arrayContaining([
        { model: 'chat.chatmessage', reason: 'a conversation of two members, which the contract does not have', rows: 1 },
        { model: 'chat.chatmessage', reason: 'it has no text', rows: 1 },
        { model: 'chat.chatmessage', reason: 'its text has more than 32 KiB', rows: 1 },
        { model: 'chat.chatmessage', reason: expect.stringContaining('this is by neither'), rows: 1 },
      ]),
    )
    expect(report.text()).toContain('  5  chat.chatsession: its messages are imported one by one')
    expect(await differences(source, plan)).toEqual([])
  })

  test('changes nothing if it is repeated', async () => {
    const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
    const { plan } = await moveIn(target, source)
    const [before, { calls }] = [target.dump(), target.rooms]
    const report = await importPlan(target, source, plan)
    expect(target.dump()).toEqual(before)
    expect(target.rooms.calls - calls).toBe(0)
    expect(report.counts).toContainEqual({ model: ROOMS, moved: 0, before: 4, present: 0 })
  })

  test('adds the messages of a newer dump', async () => {
    await moveIn(target, sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE))
    const newer = sourceOf(
      ...MESSAGES,
      message(11, 2, 'user', 'One more.', 30),
      message(12, 1, 'gpt', 'And more.', 31),
      ...SESSIONS,
      ...PEOPLE,
    )
    const { plan } = await moveIn(target, newer)
    expect(roomOf('sam')).toEqual([...SAM, ['person', 'One more.', 30]])
    expect(target.rows('SELECT text FROM assistant_turns ORDER BY id DESC LIMIT 1')).toEqual([{ text: 'And more.' }])
    expect(await differences(newer, plan)).toEqual([])
  })

  test('a message that is older than those of an earlier import comes after them, and the report lists it', async () => {
    await moveIn(target, sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE))
    const newer = sourceOf(...MESSAGES, message(11, 2, 'user', 'Earlier.', 10), ...SESSIONS, ...PEOPLE)
    const { plan, report } = await moveIn(target, newer)
    expect(roomOf('sam')).toEqual([...SAM, ['person', 'Earlier.', 20]])
    expect(report.reasons('changed')).toContainEqual({
      model: ROOMS,
      reason: expect.stringContaining('the time of the newest one'),
      rows: 1,
    })
    expect(await differences(newer, plan)).toEqual([{ model: ROOMS, reason: 'it is not as in the source: sentAt', rows: 1 }])
  })

  test('writes long conversations in chunks', async () => {
    const many = Array.from({ length: 900 }, (_, index) => message(100 + index, 2, index % 3 === 0 ? 'system' : 'user', `${index}`, index))
    const source = sourceOf(...many.toReversed(), ...SESSIONS, ...PEOPLE)
    const { plan } = await moveIn(target, source)
    expect(roomOf('sam').map(([, text]) => Number(text))).toEqual(many.map((_, index) => index))
    expect(target.rooms.calls).toBe(3)
    expect(await differences(source, plan)).toEqual([])
  })

  test('adds nothing to a room in which people have written here, and reports it', async () => {
    const source = sourceOf(...PEOPLE, ...SESSIONS.filter(({ pk }) => pk === 1))
    await moveIn(target, source)
    target.rooms.write(accountOf('sam'), 'I am new here.')
    const whole = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
    const { plan, report } = await moveIn(target, whole)
    expect(roomOf('sam').map(([, text]) => text)).toEqual(['I am new here.'])
    expect(report.reasons('stays')).toContainEqual({
      model: ROOMS,
      reason: expect.stringContaining('people have written in this room'),
      rows: 3,
    })
    expect(await differences(whole, plan)).toEqual([{ model: ROOMS, reason: 'it was not imported', rows: 3 }])
  })

  test('leaves nothing in the room of an account that is erased meanwhile', async () => {
    target.rooms.afterAdd = () => target.run("DELETE FROM accounts WHERE username = 'sam'")
    const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
    const plan = await planFor(target, source)
    await importPlan(target, source, plan)
    expect([...target.rooms.messages.keys()]).toEqual([accountOf('ann')])
    await importPlan(target, source, plan)
    expect([...target.rooms.messages.keys()]).toEqual([accountOf('ann')])
  })

  test('fails before it writes anything if the Worker is not there', async () => {
    const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
    const plan = await planFor(target, source)
    target.rooms.add = () => Promise.reject(new Error('The Worker does not respond.'))
    await expect(importPlan(target, source, plan)).rejects.toThrow('The Worker does not respond.')
    expect(target.rows('SELECT (SELECT count(*) FROM moves) + (SELECT count(*) FROM accounts) AS rows')).toEqual([{ rows: 0 }])
    const { plan: other } = await moveIn(
      target,
      sourceOf(...MESSAGES.filter(({ fields }) => fields.session === 1), session(1, 2, 'gpt'), ...PEOPLE),
    )
    expect(other.accounts.moving).toBe(3)
  })
})

/** Throws at the nth step: before a batch, or when a room has stored messages and the caller has not got the answer. */
const stopAt = (step: number): void => {
  let steps = 0
  const next = () => {
    if (++steps === step) throw new Error('stopped')
  }
  target.beforeBatch = next
  target.rooms.afterAdd = next
}

const goOn = (): void => {
  target.beforeBatch = () => undefined
  target.rooms.afterAdd = () => undefined
}

/** Without the numbers of attempts. */
const content = () => {
  const { moved_rows: entries = [], cron_runs: _runs, ...tables } = target.dump()
  return { ...tables, rooms: [...target.rooms.messages], moved_rows: entries.map(({ chunk_id: _, ...entry }) => entry) }
}

/** Runs something for each step at which the work before it can be stopped, on a new database. */
const atEachStep = async (prepare: () => Promise<Plan>, work: (plan: Plan) => Promise<unknown>, then: (plan: Plan) => Promise<void>) => {
  let stopped = 0
  for (let step = 1; ; step++) {
    target.close()
    target = createTarget()
    const plan = await prepare()
    stopAt(step)
    const isStopped = await work(plan).then(
      () => false,
      () => true,
    )
    goOn()
    if (!isStopped) return stopped
    stopped++
    await then(plan)
  }
}

test('an import that is stopped anywhere and run again doubles nothing, and nothing is missing', async () => {
  const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
  const plan = await planFor(target, source)
  await importPlan(target, source, plan)
  const whole = content()
  const stops = await atEachStep(
    async () => plan,
    () => importPlan(target, source, plan),
    async () => {
      await importPlan(target, source, plan)
      expect(content()).toEqual(whole)
    },
  )
  expect(stops).toBeGreaterThan(15)
})

test('an import that is stopped anywhere and taken back leaves nothing, also in rooms that the ledger has only announced', async () => {
  const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
  const stops = await atEachStep(
    () => planFor(target, source),
    (plan) => importPlan(target, source, plan),
    async (plan) => {
      if (target.rows('SELECT 1 FROM moves').length === 0) return
      await undoPlan(target, plan.plan)
      expect([target.dump().accounts, target.dump().moved_rows, [...target.rooms.messages]]).toEqual([[], [], []])
    },
  )
  expect(stops).toBeGreaterThan(15)
})

test('two imports at the same time double nothing', async () => {
  const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
  const plan = await planFor(target, source)
  await importPlan(target, source, plan)
  const whole = content()
  target.close()
  target = createTarget()
  await Promise.all([importPlan(target, source, plan), importPlan(target, source, plan)])
  expect(content()).toEqual(whole)
})

describe('undo', () => {
  test('stopped anywhere and repeated, it removes everything', async () => {
    const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
    const stops = await atEachStep(
      async () => (await moveIn(target, source)).plan,
      ({ plan }) => undoPlan(target, plan),
      async ({ plan }) => {
        await undoPlan(target, plan)
        expect([target.dump().accounts, target.dump().moved_rows, [...target.rooms.messages]]).toEqual([[], [], []])
      },
    )
    expect(stops).toBeGreaterThan(5)
  })

  test('an account whose room was used since stays, with its conversation', async () => {
    const { plan } = await moveIn(target, sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE))
    target.rooms.write(accountOf('sam'), 'I am here now.')
    const report = await undoPlan(target, plan.plan)
    expect(target.rows('SELECT username FROM accounts')).toEqual([{ username: 'sam' }])
    expect(roomOf('sam').map(([, text]) => text)).toEqual(['Здравствуйте', 'Operator joined', 'Again.', 'I am here now.'])
    expect(report.reasons('stays')).toContainEqual({ model: ROOMS, reason: 'the account has been used since', rows: 3 })
  })

  test('of a later run removes its messages only, unless the room was used since', async () => {
    const first = await moveIn(target, sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE))
    target.run('UPDATE moves SET started_at = started_at - 1')
    const more = [message(11, 2, 'user', 'One more.', 30), message(12, 3, 'user', 'Mine, too.', 31)]
    const second = await moveIn(target, sourceOf(...MESSAGES, ...more, ...SESSIONS, ...PEOPLE))
    target.rooms.write(accountOf('ann'), 'I am here now.')
    const report = await undoPlan(target, second.plan.plan)
    expect(roomOf('sam')).toEqual(SAM)
    expect(roomOf('ann').map(([, text]) => text)).toEqual(['Is anyone there?', 'Mine, too.', 'I am here now.'])
    expect(report.reasons('stays')).toContainEqual({ model: ROOMS, reason: 'people have written in this room since', rows: 1 })
    await undoPlan(target, first.plan.plan)
    expect(target.rows('SELECT username FROM accounts')).toEqual([{ username: 'ann' }])
  })
})

test('verify finds messages that were deleted and changed', async () => {
  const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
  const { plan } = await moveIn(target, source)
  const { read } = target.rooms
  target.rooms.read = async (account, after, upTo) =>
    (await read(account, after, upTo))
      .filter(({ message: text }) => text !== 'Is anyone there?')
      .map((stored) => ({ ...stored, message: stored.message.replace('Again.', 'again?') }))
  expect(await differences(source, plan)).toEqual([
    { model: ROOMS, reason: 'it is not here any more: it has been deleted', rows: 1 },
    { model: ROOMS, reason: 'it was changed here since', rows: 1 },
  ])
})

test('verify reads no room of an account that was erased', async () => {
  const source = sourceOf(...MESSAGES, ...SESSIONS, ...PEOPLE)
  const { plan } = await moveIn(target, source)
  target.run("DELETE FROM accounts WHERE username = 'sam'")
  const { read } = target.rooms
  const rooms: number[] = []
  target.rooms.read = (account, ...range) => {
    rooms.push(account)
    return read(account, ...range)
  }
  expect(await differences(source, plan)).toContainEqual({
    model: ROOMS,
    reason: 'it is not here any more: it has been deleted',
    rows: 3,
  })
  expect(rooms).toEqual([accountOf('ann')])
})

test('every table of every original is imported, looked up, or left behind with a reason', () => {
  const silent = CONTRACTS.flatMap((contract) => {
    const { before, after } = CONTRACT_ROWS[contract]
    const moved = new Set([...before, ...after].map(({ model }) => model.name))
    return ORIGINALS[contract].models.filter(({ name, isAccount, stays }) => !isAccount && stays === null && !moved.has(name))
  })
  // The code of a facility is in the profiles of its members.
  expect(silent.map(({ name }) => name)).toEqual(['core.facility'])
})
