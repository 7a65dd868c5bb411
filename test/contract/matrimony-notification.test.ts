import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/index.ts'
import { announceToAll, findNotifications, takeNotifications } from '../../src/store/notifications.ts'
import { createStore } from '../../src/store/store.ts'
import { at, call, type Heard } from '../support/call.ts'
import { crowd } from '../support/crowd.ts'
import { costly, explain } from '../support/explain.ts'
import { cleanup, dayFromNow, plan, profileOf, subscribe, subscriber, wishOf } from '../support/matrimony.ts'
import { freshName, type Person, person, personWith } from '../support/people.ts'

const T = 'You do not have permission to perform this action.'

const get = (reader: Person, path: string): Promise<Heard> => call('GET', path, { as: reader.token })
const post = (sender: Person, path: string, json?: unknown): Promise<Heard> => call('POST', path, { as: sender.token, json })
const titles = async (reader: Person): Promise<unknown[]> =>
  Object((await get(reader, '/notification/getall/')).json).map((row: Record<string, unknown>) => row.notification_title)
const ordinary = async (): Promise<number> =>
  Number(
    await env.DB.prepare('SELECT count(*) AS n FROM accounts WHERE is_active = 1 AND is_admin + is_staff + is_superuser = 0').first('n'),
  )
const countOf = async (table: string): Promise<number> => Number(await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first('n'))

describe('who may', () => {
  test('an admin, and nobody hears of the fields of what is not theirs', async () => {
    const [someone, staff] = await Promise.all([person(), personWith('is_staff', 'is_superuser')])
    for (const path of ['newmatch', 'bulk', 'addmaster', 'notifyexpiring', 'notifysubscription']) {
      for (const { token } of [someone, staff]) {
        const heard = await call('POST', `/notification/${path}/`, { as: token, json: {} })
        expect([heard.status, heard.text]).toEqual([403, `{"error":"${T}","message":"${T}"}`])
      }
      const nobody = await call('POST', `/notification/${path}/`)
      expect([nobody.status, nobody.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
    }
  })
})

describe('33 and 44: bulk', () => {
  test('one for every active account without flags, shown whatever its title', async () => {
    const [admin, reader, gone] = [await personWith('is_admin'), await person(), await person()]
    await call('PATCH', '/users/deactivate/', { as: gone.token })
    const before = await countOf('notifications')
    const said = await post(admin, '/notification/bulk/', { message_title: 'Diwali', message_content: 'A happy Diwali\nto you.' })
    expect([said.status, said.text]).toEqual([201, '{"message":"Diwali message sent successfully to all active users."}'])
    expect((await countOf('notifications')) - before).toBe(await ordinary())
    const shown = await get(reader, '/message/viewbulk')
    const row = { id: at(shown, 'message_notifications', 0, 'id'), created: at(shown, 'message_notifications', 0, 'created_on') }
    expect([shown.status, shown.text]).toEqual([
      200,
      `{"message_notifications":[{"id":${row.id},"title":"Diwali","content":"A happy Diwali\\nto you.","status":"Unread","created_on":"${row.created}"}]}`,
    ])
    expect((await get(reader, '/message/viewbulk')).text).toBe(shown.text)
    const all = await get(reader, '/notification/getall/')
    expect(all.text).toBe(
      `[{"notification_id":${row.id},"notification_title":"Diwali","notification_content":"A happy Diwali\\nto you.","status":"Unread","created_on":"${row.created}","updated_on":"${row.created}","receiver":${reader.id}}]`,
    )
    expect((await get(admin, '/message/viewbulk')).status).toBe(204)
    expect(await titles(admin)).toEqual([])
  })

  test('what is refused', async () => {
    const admin = await personWith('is_admin')
    for (const json of [{}, { message_title: 'x' }, { message_content: 'x' }, { message_title: ' ', message_content: null }]) {
      const heard = await post(admin, '/notification/bulk/', json)
      expect([heard.status, heard.text]).toEqual([400, '{"error":"message_title and message_content are required."}'])
    }
    const long = await post(admin, '/notification/bulk/', { message_title: 'x'.repeat(301), message_content: 'x' })
    expect([long.status, long.text]).toEqual([400, '{"message_title":["Ensure this field has no more than 300 characters."]}'])
  })

  test('204 where there is nobody, and nothing is kept', async () => {
    const admin = await personWith('is_admin')
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE is_admin + is_staff + is_superuser = 0').run()
    const before = await countOf('announcements')
    const heard = await post(admin, '/notification/bulk/', { message_title: 'x', message_content: 'x' })
    expect([heard.status, heard.text]).toEqual([204, ''])
    expect(await countOf('announcements')).toBe(before)
  })
})

describe('34 and 45: a new value', () => {
  test('is added, and all are told', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    expect((await get(reader, '/message/viewmaster/')).status).toBe(204)
    const value = freshName()
    const added = await post(admin, '/notification/addmaster/', { type_id: '14', value })
    expect([added.status, added.text]).toEqual([201, `{"message":"New caste value '${value}' added successfully and notifications sent."}`])
    const kept = await env.DB.prepare('SELECT code FROM master_values WHERE value = ?').bind(value).first('code')
    expect(kept).toBe('CA064')
    const shown = await get(reader, '/message/viewmaster/')
    expect(shown.json).toEqual({
      notifications: [
        {
          id: expect.any(Number),
          title: 'New caste Value Added',
          content: `A new value has been added to caste: ${value}.`,
          status: 'Unread',
          created_on: expect.any(String),
        },
      ],
    })
  })

  test('what is refused tells nobody', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    const refused = async (json: unknown) => {
      const heard = await post(admin, '/notification/addmaster/', json)
      expect(heard.status).toBe(400)
      return heard.text
    }
    for (const json of [{}, { type_id: 14 }, { value: 'x' }, { type_id: '', value: 'x' }]) {
      expect(await refused(json)).toBe('{"error":"Both type_id and value are required."}')
    }
    for (const typeId of [999, 0, -1, 'caste', true, 1.5]) {
      expect(await refused({ type_id: typeId, value: freshName() })).toBe('{"error":"Invalid type_id."}')
    }
    expect(await refused({ type_id: 14, value: 'GENERAL' })).toBe('{"error":"The value \'GENERAL\' already exists in the caste category."}')
    expect(await titles(reader)).toEqual([])
  })

  test('twenty at once add one value and tell everybody once', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    const value = freshName()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(admin, '/notification/addmaster/', { type_id: 21, value })))
    expect(answers.filter(({ status }) => status === 201).length).toBe(1)
    expect(await titles(reader)).toEqual(['New location Value Added'])
  })

  test('whose notifications cannot be written is not added', async () => {
    const admin = await personWith('is_admin')
    await person()
    const value = freshName()
    const [before, plans] = [await countOf('announcements'), await countOf('subscription_plans')]
    await env.DB.prepare("CREATE TRIGGER refuses BEFORE INSERT ON notifications BEGIN SELECT RAISE(ABORT, 'no'); END").run()
    const added = await post(admin, '/notification/addmaster/', { type_id: 14, value })
    const offered = await post(admin, '/notification/notifysubscription/', {
      plan_type: 'Gold',
      start_date: '2024-01-01',
      end_date: '2025-06-30',
    })
    await env.DB.prepare('DROP TRIGGER refuses').run()
    expect([added.status, offered.status]).toEqual([500, 500])
    expect(await countOf('announcements')).toBe(before)
    expect(await countOf('subscription_plans')).toBe(plans)
    expect(await env.DB.prepare('SELECT 1 FROM master_values WHERE value = ?').bind(value).first()).toBeNull()
  })
})

describe('32 and 43: a new match', () => {
  test('is told to those who look for such a person, and not to the person', async () => {
    await cleanup()
    const admin = await personWith('is_admin')
    const none = await post(admin, '/notification/newmatch/')
    expect([none.status, none.text]).toEqual([204, ''])

    const seeker = async (type: string | null, gender: string) => {
      const made = type ? await subscriber(type) : await person()
      await wishOf(made, { gender })
      return made
    }
    const [premium, platinum] = [await seeker('premium', 'Female'), await seeker('platinum', 'Female')]
    const silent = [await seeker('basic', 'Female'), await seeker(null, 'Female'), await seeker('premium', 'Male')]
    const lapsed = await person()
    await wishOf(lapsed, { gender: 'Female' })
    await subscribe(lapsed, await plan('premium', -1))
    const blocked = await seeker('premium', 'Female')
    const newest = await subscriber('premium')
    await profileOf(premium, { gender: 'Male', created_at: 1 })
    await profileOf(newest, { gender: 'Female' })
    await wishOf(newest, { gender: 'Female' })
    await call('POST', `/matching/block/${newest.id}`, { as: blocked.token })

    const told = await post(admin, '/notification/newmatch/')
    expect([told.status, told.text]).toEqual([201, '{"message":"Notifications sent successfully to all matched users."}'])
    for (const reader of [...silent, lapsed, blocked, newest]) expect(await titles(reader)).toEqual([])
    expect(await titles(premium)).toEqual(['New Match Found'])

    const shown = await get(platinum, '/message/viewmatch/')
    const { id, created_on: created } = Object(at(shown, 'match_notifications', 0))
    expect([shown.status, shown.text]).toEqual([
      200,
      `{"message":"New match notification send successfully","match_notifications":[{"id":${id},"title":"New Match Found","content":"Congratulations! A new match has been found: User ID ${newest.id}.","status":"Unread","created_on":"${created}"}]}`,
    ])
    expect((await get(platinum, '/notification/getallunread/')).text).toBe('[]')
    expect(at(await get(platinum, '/message/viewmatch/'), 'match_notifications', 0, 'status')).toBe('Read')
    expect((await get(newest, '/message/viewmatch/')).status).toBe(204)
  })

  test('of nobody knows which gender', async () => {
    await cleanup()
    const admin = await personWith('is_admin')
    await profileOf(await person(), { gender: '' })
    const heard = await post(admin, '/notification/newmatch/')
    expect([heard.status, heard.text]).toEqual([400, '{"error":"The new profile does not have a specified gender."}'])
  })
})

describe('35 and 46: reminders', () => {
  test('once for each end, by endpoint and by clock', async () => {
    await env.DB.prepare('UPDATE accounts SET subscription_plan_id = NULL').run()
    const admin = await personWith('is_admin')
    const none = await post(admin, '/notification/notifyexpiring/')
    expect([none.status, none.text]).toEqual([200, '{"message":"No subscriptions expiring within the next 2 days."}'])

    const soon = await plan('premium', 2)
    const people = [await person(), await person(), await personWith('is_staff')]
    for (const someone of people) await subscribe(someone, soon)
    const today = await subscriber('basic', 0)
    const quiet = [await subscriber('basic', 3), await subscriber('basic', -1), await person()]
    const expired = await person()
    await subscribe(expired, await plan('basic', 1, 'expired'))
    expect((await get(today, '/message/viewreminder/')).status).toBe(204)

    const answers = await Promise.all(Array.from({ length: 20 }, () => post(admin, '/notification/notifyexpiring/')))
    expect(answers.map((answer) => at(answer, 'message')).sort()).toEqual([
      ...Array.from({ length: 19 }, () => 'Notifications sent to 0 user(s) with expiring subscriptions.'),
      'Notifications sent to 4 user(s) with expiring subscriptions.',
    ])
    await worker.scheduled(createScheduledController(), env, createExecutionContext())
    for (const someone of [...people, today]) expect(await titles(someone)).toEqual(['Subscription Expiry Reminder'])
    for (const someone of [...quiet, expired]) expect(await titles(someone)).toEqual([])

    const shown = await get(people[0] ?? today, '/message/viewreminder/')
    const content = `Your subscription plan 'premium' will expire on ${dayFromNow(2)}. Please renew to continue enjoying our services.`
    expect(at(shown, 'notifications', 0, 'content')).toBe(content)
    expect(at(shown, 'notifications')).toEqual(at(shown, 'message_notifications'))
    expect(Object.keys(Object(shown.json))).toEqual(['message_notifications', 'notifications'])

    const late = await person()
    await subscribe(late, soon)
    await worker.scheduled(createScheduledController(), env, createExecutionContext())
    expect(await titles(late)).toEqual(['Subscription Expiry Reminder'])
    await env.DB.prepare('UPDATE subscription_plans SET end_date = ? WHERE id = ?').bind(dayFromNow(1), soon).run()
    await worker.scheduled(createScheduledController(), env, createExecutionContext())
    expect((await titles(late)).length).toBe(2)
  })
})

describe('36 and 47: a new plan', () => {
  const GOLD = { plan_type: 'Gold', start_date: '2024-01-01', end_date: '2025-06-30', status: 'active' }

  test('is offered, and all are told', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    expect((await get(reader, '/message/newsubscription/')).status).toBe(204)
    const made = await post(admin, '/notification/notifysubscription/', GOLD)
    expect([made.status, made.text]).toEqual([
      200,
      `{"message":"Subscription plan 'Gold' created and notifications sent to ${await ordinary()} user(s)."}`,
    ])
    const shown = await get(reader, '/message/newsubscription/')
    expect(shown.json).toEqual({
      notifications: [
        {
          id: expect.any(Number),
          title: 'New Subscription Plan Added',
          content:
            "A new subscription plan 'Gold' has been added. Start Date: 2024-01-01, End Date: 2025-06-30. Check it out and subscribe now!",
          status: 'Unread',
          created_on: expect.any(String),
        },
      ],
    })
    expect((await get(reader, '/message/newsubscription/')).status).toBe(204)
    expect((await get(reader, '/notification/getallunread/')).text).toBe('[]')
    expect(at(await get(reader, '/notification/getall/'), 0, 'status')).toBe('Read')
    const listed = await env.DB.prepare("SELECT status FROM subscription_plans WHERE plan_type = 'Gold' ORDER BY id DESC").first('status')
    expect(listed).toBe('active')
  })

  test('what is refused tells nobody', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    for (const missing of ['plan_type', 'start_date', 'end_date']) {
      const heard = await post(admin, '/notification/notifysubscription/', { ...GOLD, [missing]: undefined })
      expect([heard.status, heard.text]).toEqual([400, '{"error":"Missing required fields: plan_type, start_date, end_date."}'])
    }
    const early = await post(admin, '/notification/notifysubscription/', { ...GOLD, end_date: '2023-01-01' })
    expect([early.status, early.text]).toEqual([400, '{"end_date":["End date must be after start date."]}'])
    const wrong = await post(admin, '/notification/notifysubscription/', { ...GOLD, end_date: 'soon', plan_type: 'x'.repeat(51) })
    expect(wrong.text).toBe(
      '{"plan_type":["Ensure this field has no more than 50 characters."],"end_date":["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]}',
    )
    expect(await titles(reader)).toEqual([])
  })
})

describe('the cost', () => {
  test('of a list is its rows', async () => {
    const part = { after: 5, limit: 10 }
    for (const which of [{}, { unread: true }, { kind: 'bulk' }, { kind: 'match' }, { kind: 'subscription', unread: true }] as const) {
      expect(costly(await explain((store) => findNotifications(store, 1, which, part)))).toEqual([])
    }
    for (const which of [{ kind: 'match' }, { kind: 'subscription', unread: true }] as const) {
      expect(costly(await explain((store) => takeNotifications(store, 1, which, part, 1)))).toEqual([])
    }
    const unread = await explain((store) => findNotifications(store, 1, { kind: 'subscription', unread: true }, part))
    expect(unread.join()).toContain('notifications_new_plans')
  })

  test('of telling a hundred thousand is one statement and one request', async () => {
    await crowd(100_001, 200_000)
    const everybody = await ordinary()
    const steps = await explain((store) => announceToAll(store, { about: 'explained', kind: 'bulk', now: 1 }, { title: 'x', content: 'x' }))
    expect(steps.length).toBeGreaterThan(0)
    const before = Date.now()
    const told = await announceToAll(createStore(env.DB), { about: 'all', kind: 'bulk', now: 1 }, { title: 'x', content: 'x' })
    console.log(`telling ${told}: ${Date.now() - before} ms`)
    expect(told).toBe(everybody)
    expect(Date.now() - before).toBeLessThan(10_000)
  })
})
