import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { eraseAccount } from '../../src/domain/accounts/erase.ts'
import { announceToAll } from '../../src/store/announcements.ts'
import { findNotifications, findNotificationsAndMarkRead } from '../../src/store/notifications.ts'
import { createStore } from '../../src/store/store.ts'
import { at, call } from '../support/call.ts'
import { rowsReadBy } from '../support/explain.ts'
import { cleanup, insertProfileFor, operator, plan, subscriber } from '../support/matrimony.ts'
import { freshName, type Person, person } from '../support/people.ts'
import { withOperatorContext } from '../support/worker-context.ts'

/** Announcements to all members: stored once, and joined when a list is read. */

const store = createStore(env.DB)
const ALL = { after: null, limit: 1000 }
const NEW_PLANS = { kind: 'subscription', unread: true } as const

let admin: Person
beforeAll(async () => {
  admin = await operator()
})

const announce = async (title: string, kind: 'bulk' | 'subscription' = 'bulk'): Promise<number> =>
  announceToAll(store, { about: freshName(), kind, now: Date.now() }, { title, content: title })
const titlesOf = async ({ id }: Pick<Person, 'id'>, filter: Parameters<typeof findNotifications>[2] = {}): Promise<string[]> =>
  (await findNotifications(store, id, filter, ALL)).map(({ title }) => title)
const set = ({ id }: Person, change: string) => env.DB.prepare(`UPDATE accounts SET ${change} WHERE id = ?`).bind(id).run()
const countOf = async (table: string): Promise<number> => Number(await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first('n'))
const message = async (receiver: Person) =>
  call('POST', '/message/', { as: (await subscriber()).token, json: { receiver_id: receiver.id, content: 'Hello!' } })

describe('who receives an announcement', () => {
  test('the members of that moment, and they keep it', async () => {
    const [stays, leaves] = [await person(), await person()]
    await announce('before')
    await set(leaves, 'is_active = 0')
    await announce('while one is away')
    const joins = await person()
    await set(leaves, 'is_active = 1')
    await announce('after')
    expect(await titlesOf(stays)).toEqual(['after', 'while one is away', 'before'])
    expect(await titlesOf(leaves)).toEqual(['after', 'before'])
    expect(await titlesOf(joins)).toEqual(['after'])
    await set(leaves, 'is_active = 0, is_suspended = 1')
    await announce('later')
    expect(await titlesOf(leaves)).toEqual(['after', 'before'])
  })

  test('nobody while they have a flag, whichever', async () => {
    const someone = await person()
    for (const flag of ['is_admin', 'is_staff', 'is_superuser']) {
      await announce(`before ${flag}`)
      await set(someone, `${flag} = 1`)
      await announce(`with ${flag}`)
      await set(someone, `is_active = 0`)
      await set(someone, `${flag} = 0`)
      await announce(`inactive after ${flag}`)
      await set(someone, `is_active = 1`)
    }
    expect(await titlesOf(someone)).toEqual(['before is_superuser', 'before is_staff', 'before is_admin'])
  })

  test('an account that is created with a flag receives none until it is a member', async () => {
    const name = freshName()
    const row = await env.DB.prepare(
      `INSERT INTO accounts (object_id, username, username_key, password, is_staff, created_at, updated_at)
       VALUES (?, ?, ?, '', 1, 0, 0) RETURNING id`,
    )
      .bind(crypto.randomUUID().replaceAll('-', '').slice(0, 24), name, name)
      .first<{ id: number }>()
    const created = { id: Number(row?.id) }
    await announce('to others')
    expect(await titlesOf(created)).toEqual([])
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = ?').bind(created.id).run()
    await announce('to all')
    expect(await titlesOf(created)).toEqual(['to all'])
  })

  test('an id is not inherited from the newest account after its erasure', async () => {
    const newest = await person()
    await announce('to the newest')
    await withOperatorContext((context) => eraseAccount(context, newest.username))
    await announce('to the others')
    const next = await person()
    expect(await titlesOf(next)).toEqual([])
  })

  test('gaps without an announcement leave no row', async () => {
    const someone = await person()
    for (const isActive of [0, 1, 0, 1]) await set(someone, `is_active = ${isActive}`)
    const rows = await env.DB.prepare('SELECT 1 FROM announcement_gaps WHERE account_id = ?').bind(someone.id).all()
    expect(rows.results).toEqual([])
  })
})

describe('one list', () => {
  test('an announcement is one row, and the count is that of its receivers', async () => {
    await Promise.all([person(), person(), person()])
    const before = await Promise.all(['announcements', 'notifications'].map(countOf))
    const receivers = await env.DB.prepare(
      'SELECT count(*) AS n FROM accounts WHERE is_active = 1 AND is_admin + is_staff + is_superuser = 0',
    ).first('n')
    expect(await announce('once')).toBe(receivers)
    expect(await Promise.all(['announcements', 'notifications'].map(countOf))).toEqual([Number(before[0]) + 1, before[1]])
  })

  test('ids are in the order of arrival, together with those of own notifications, and pages follow it', async () => {
    const reader = await person()
    await announce('first')
    await message(reader)
    await announce('third')
    await announce('fourth', 'subscription')
    const whole = await call('GET', '/notification/getall/', { as: reader.token })
    const list: { notification_id: number; notification_title: string; receiver: number }[] = Object(whole.json)
    expect(list.map((row) => row.notification_title)).toEqual(['fourth', 'third', 'Unread Messages Alert', 'first'])
    const ids = list.map((row) => row.notification_id)
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a))
    expect(list.every(({ receiver }) => receiver === reader.id)).toBe(true)
    for (const path of ['/notification/getall/', '/notification/getallunread/']) {
      const paged: unknown[] = []
      let next: string | null = `${path}?limit=1`
      while (next !== null) {
        const page = await call('GET', next, { as: reader.token })
        paged.push(at(page, 0, 'notification_id'))
        next = /<([^>]+)>; rel="next"/.exec(page.headers.get('Link') ?? '')?.[1] ?? null
      }
      expect(paged).toEqual(ids)
    }
  })

  test('a text with {n} is shown as it was written', async () => {
    const reader = await person()
    await announce('{n} news')
    expect((await findNotifications(store, reader.id, {}, ALL)).map(({ content }) => content)).toEqual(['{n} news'])
  })

  test('rows from before announcements were stored once are still listed and read', async () => {
    const reader = await person()
    await env.DB.batch([
      env.DB.prepare("INSERT INTO announcements (title, content, about, created_at) VALUES ('old plan', 'x', 'old', 1)"),
      env.DB.prepare(
        `INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
         SELECT ?, id, 'subscription', 1, 1 FROM announcements WHERE about = 'old'`,
      ).bind(reader.id),
    ])
    await announce('new plan', 'subscription')
    const read = await call('GET', '/message/newsubscription/', { as: reader.token })
    expect([at(read, 'notifications', 0, 'title'), at(read, 'notifications', 1, 'title')]).toEqual(['new plan', 'old plan'])
    expect((await call('GET', '/message/newsubscription/', { as: reader.token })).status).toBe(204)
    expect((await call('GET', '/notification/getallunread/', { as: reader.token })).text).toBe('[]')
    const listed = await call('GET', '/notification/getall/', { as: reader.token })
    expect([at(listed, 0, 'status'), at(listed, 1, 'status')]).toEqual(['Read', 'Read'])
  })
})

describe('read marks', () => {
  test('are those of one person, and show when', async () => {
    const [reader, other] = [await person(), await person()]
    await announce('plan', 'subscription')
    const [unread] = await findNotifications(store, reader.id, NEW_PLANS, ALL)
    expect(unread).toMatchObject({ isRead: false, updatedAt: unread?.createdAt })
    expect(await findNotificationsAndMarkRead(store, reader.id, NEW_PLANS, ALL, 5_000_000_000_000)).toEqual([unread])
    await announce('next plan', 'subscription')
    expect((await findNotificationsAndMarkRead(store, reader.id, NEW_PLANS, ALL, 6_000_000_000_000)).map(({ title }) => title)).toEqual([
      'next plan',
    ])
    expect((await findNotifications(store, reader.id, {}, ALL)).map(({ isRead, updatedAt }) => [isRead, updatedAt])).toEqual([
      [true, 6_000_000_000_000],
      [true, 5_000_000_000_000],
    ])
    expect(await titlesOf(reader, { unread: true })).toEqual([])
    expect(await titlesOf(other, { unread: true })).toEqual(['next plan', 'plan'])
  })

  test('pages of one are each read once, in order, also when new ones arrive in between', async () => {
    const reader = await person()
    for (const title of ['a', 'b', 'c']) await announce(title, 'subscription')
    const readOne = async (after: number | null = null) =>
      (await findNotificationsAndMarkRead(store, reader.id, NEW_PLANS, { after, limit: 1 }, 1)).map(({ title }) => title)
    expect(await readOne()).toEqual(['c'])
    const [, a] = await findNotifications(store, reader.id, NEW_PLANS, ALL)
    expect(await readOne(Number(a?.id) + 1)).toEqual(['a'])
    expect(await titlesOf(reader, NEW_PLANS)).toEqual(['b'])
    await announce('d', 'subscription')
    expect([await readOne(), await readOne(), await readOne()]).toEqual([['d'], ['b'], []])
    expect(await titlesOf(reader)).toEqual(['d', 'c', 'b', 'a'])
    expect(await titlesOf(reader, { unread: true })).toEqual([])
  })

  test('twenty concurrent requests: one shows it', async () => {
    const reader = await person()
    await announce('plan', 'subscription')
    const responses = await Promise.all(Array.from({ length: 20 }, () => call('GET', '/message/newsubscription/', { as: reader.token })))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 204)])
  })

  test('are erased with the account', async () => {
    const reader = await person()
    await announce('plan', 'subscription')
    await findNotificationsAndMarkRead(store, reader.id, NEW_PLANS, ALL, 1)
    await set(reader, 'is_active = 0')
    const erased = await withOperatorContext((context) => eraseAccount(context, reader.username))
    expect(erased).toMatchObject({ rows: { announcement_gaps: 1, announcement_reads: 1 } })
    for (const table of ['announcement_gaps', 'announcement_reads']) {
      expect(await env.DB.prepare(`SELECT 1 FROM ${table} WHERE account_id = ?`).bind(reader.id).first()).toBeNull()
    }
  })
})

describe('the cost', () => {
  const MANY = 1000

  /** The rows that the first page of each list reads. */
  const rowsOf = (reader: Pick<Person, 'id'>, after: number | null = null) =>
    Promise.all(
      ([{}, { unread: true }, { kind: 'bulk' }, NEW_PLANS] as const).map((filter) =>
        rowsReadBy((database) => findNotifications(createStore(database), reader.id, filter, { after, limit: 5 })),
      ),
    )

  test('a page reads no more with a thousand announcements: to all, before the account, after it left, or read', async () => {
    const [reader, left] = [await person(), await person()]
    for (let i = 0; i < 10; i++) await announce(`${i}`, i % 2 === 0 ? 'subscription' : 'bulk')
    await set(left, 'is_active = 0')
    const few = await rowsOf(reader)
    const [newest] = await findNotifications(store, reader.id, {}, ALL)
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
       INSERT INTO announcements (title, content, kind, created_at) SELECT 'x', 'x', iif(i % 2, 'bulk', 'subscription'), 1 FROM n`,
    ).run()
    const late = await person()
    const [ofAll, ofLeft, ofLate] = [await rowsOf(reader), await rowsOf(left), await rowsOf(late)]
    const ofOldPage = await rowsOf(reader, Number(newest?.id) + 1)
    for (const index of few.keys()) {
      const most = Number(few[index]) + 10
      expect(ofAll[index]).toBeLessThanOrEqual(most)
      expect(ofLeft[index]).toBeLessThanOrEqual(most)
      expect(ofLate[index]).toBeLessThanOrEqual(most)
      expect(ofOldPage[index]).toBeLessThanOrEqual(most)
    }
    await findNotificationsAndMarkRead(store, reader.id, NEW_PLANS, ALL, 1)
    // In pages: from the newest on, from a cursor on, and from the newest on again.
    const page = async (after: number | null) => findNotificationsAndMarkRead(store, late.id, NEW_PLANS, { after, limit: 3 }, 1)
    for (let i = 0; i < 10; i++) await announce(`late ${i}`, 'subscription')
    const [first] = await page(null)
    await page(Number(first?.id) - 5)
    while ((await page(null)).length > 0);
    await findNotificationsAndMarkRead(store, reader.id, NEW_PLANS, ALL, 1)
    for (const person of [reader, late]) {
      expect(await findNotifications(store, person.id, NEW_PLANS, ALL)).toEqual([])
      const read = await rowsOf(person)
      for (const index of few.keys()) expect(read[index]).toBeLessThanOrEqual(Number(few[index]) + 10)
    }
  })
})

/** More than a chunk of 1,000. */
const CROWD = 1500

describe('a notification to many', () => {
  const insertCrowd = async (planId: number): Promise<void> => {
    const people = `WITH RECURSIVE n (i) AS (SELECT 500001 UNION ALL SELECT i + 1 FROM n WHERE i < ${500_000 + CROWD})`
    await env.DB.batch([
      env.DB.prepare(
        `${people} INSERT INTO accounts (id, object_id, username, username_key, password, subscription_plan_id, created_at, updated_at)
         SELECT i, printf('%024d', i), 'many' || i, 'many' || i, '', ?, i, i FROM n`,
      ).bind(planId),
      env.DB.prepare(
        `${people} INSERT INTO match_preferences (account_id, gender, created_at, updated_at) SELECT i, 'Female', 0, 0 FROM n`,
      ),
    ])
  }
  const notifiedOnce = async (kind: string): Promise<number> =>
    Number(
      await env.DB.prepare(
        `SELECT count(*) AS n FROM (SELECT receiver_id FROM notifications
         WHERE kind = ? AND receiver_id > 500000 GROUP BY receiver_id HAVING count(*) = 1)`,
      )
        .bind(kind)
        .first('n'),
    )

  test('is written in chunks, and reaches everybody once', async () => {
    await cleanup()
    await insertCrowd(await plan('premium', 1))
    await insertProfileFor(await person(), { gender: 'Female' })
    const matched = await call('POST', '/notification/newmatch/', { as: admin.token })
    expect([matched.status, await notifiedOnce('match')]).toEqual([201, CROWD])
    const reminded = await call('POST', '/notification/notifyexpiring/', { as: admin.token })
    expect(reminded.json).toEqual({ message: `Notifications sent to ${CROWD} user(s) with expiring subscriptions.` })
    expect(await notifiedOnce('reminder')).toBe(CROWD)
    const again = await call('POST', '/notification/notifyexpiring/', { as: admin.token })
    expect(again.json).toEqual({ message: 'Notifications sent to 0 user(s) with expiring subscriptions.' })
  })
})
