import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../../src/index.ts'
import { announceToAll } from '../../../src/store/announcements.ts'
import { findNotifications, findNotificationsAndMarkRead } from '../../../src/store/notifications.ts'
import { createStore } from '../../../src/store/store.ts'
import { at, call, type TestResponse } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { insertManyAccounts } from '../../support/many-profiles.ts'
import { cleanup, dayFromNow, insertPreferenceFor, insertProfileFor, plan, subscribe, subscriber } from '../../support/matrimony.ts'
import { freshName, type Person, person, personWith } from '../../support/people.ts'

const T = 'You do not have permission to perform this action.'

const get = (reader: Person, path: string): Promise<TestResponse> => call('GET', path, { as: reader.token })
const post = (sender: Person, path: string, json?: unknown): Promise<TestResponse> => call('POST', path, { as: sender.token, json })
const titles = async (reader: Person): Promise<unknown[]> =>
  Object((await get(reader, '/notification/getall/')).json).map((row: Record<string, unknown>) => row.notification_title)
const countRecipients = async (): Promise<number> => Number(await env.DB.prepare(`SELECT count(*) AS n ${RECIPIENTS}`).first('n'))
const RECIPIENTS = 'FROM accounts WHERE is_active = 1 AND is_admin + is_staff + is_superuser = 0'
const idsOf = async (from: string): Promise<number[]> => {
  const { results } = await env.DB.prepare(`SELECT id ${from} ORDER BY id`).all<{ id: number }>()
  return results.map(({ id }) => id)
}
/** The ids of all accounts whose list has a notification with this title, in order. */
const receiversOf = async (title: string): Promise<number[]> => {
  const ids = await idsOf('FROM accounts')
  const lists = await Promise.all(ids.map((id) => findNotifications(createStore(env.DB), id, {}, { after: null, limit: 1000 })))
  return ids.filter((_id, index) => lists[index]?.filter((notification) => notification.title === title).length === 1)
}
const countOf = async (table: string): Promise<number> => Number(await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first('n'))

describe('access', () => {
  test('is for admins only, and is checked before the body is read', async () => {
    const [member, staff] = await Promise.all([person(), personWith('is_staff', 'is_superuser')])
    for (const path of ['newmatch', 'bulk', 'addmaster', 'notifyexpiring', 'notifysubscription']) {
      for (const { token } of [member, staff]) {
        const response = await call('POST', `/notification/${path}/`, { as: token, json: {} })
        expect([response.status, response.text]).toEqual([403, `{"error":"${T}","message":"${T}"}`])
      }
      const anonymous = await call('POST', `/notification/${path}/`)
      expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
    }
  })
})

describe('33 and 44: bulk', () => {
  test('every active account without flags gets one notification, with any title', async () => {
    const [admin, reader, deactivated] = [await personWith('is_admin'), await person(), await person()]
    await call('PATCH', '/users/deactivate/', { as: deactivated.token })
    const response = await post(admin, '/notification/bulk/', { message_title: 'Diwali', message_content: 'A happy Diwali\nto you.' })
    expect([response.status, response.text]).toEqual([201, '{"message":"Diwali message sent successfully to all active users."}'])
    const recipients = await idsOf(RECIPIENTS)
    expect(recipients.length).toBeGreaterThan(0)
    expect(await receiversOf('Diwali')).toEqual(recipients)
    const bulk = await get(reader, '/message/viewbulk')
    const row = { id: at(bulk, 'message_notifications', 0, 'id'), created: at(bulk, 'message_notifications', 0, 'created_on') }
    expect([bulk.status, bulk.text]).toEqual([
      200,
      `{"message_notifications":[{"id":${row.id},"title":"Diwali","content":"A happy Diwali\\nto you.","status":"Unread","created_on":"${row.created}"}]}`,
    ])
    expect((await get(reader, '/message/viewbulk')).text).toBe(bulk.text)
    const all = await get(reader, '/notification/getall/')
    expect(all.text).toBe(
      `[{"notification_id":${row.id},"notification_title":"Diwali","notification_content":"A happy Diwali\\nto you.","status":"Unread","created_on":"${row.created}","updated_on":"${row.created}","receiver":${reader.id}}]`,
    )
    expect((await get(admin, '/message/viewbulk')).status).toBe(204)
    expect(await titles(admin)).toEqual([])
  })

  test('a missing or overlong field is rejected', async () => {
    const admin = await personWith('is_admin')
    for (const json of [{}, { message_title: 'x' }, { message_content: 'x' }, { message_title: ' ', message_content: null }]) {
      const response = await post(admin, '/notification/bulk/', json)
      expect([response.status, response.text]).toEqual([400, '{"error":"message_title and message_content are required."}'])
    }
    const long = await post(admin, '/notification/bulk/', { message_title: 'x'.repeat(301), message_content: 'x' })
    expect([long.status, long.text]).toEqual([400, '{"message_title":["Ensure this field has no more than 300 characters."]}'])
  })

  test('204 if there is no recipient, and nothing is stored', async () => {
    const admin = await personWith('is_admin')
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE is_admin + is_staff + is_superuser = 0').run()
    const before = await countOf('announcements')
    const response = await post(admin, '/notification/bulk/', { message_title: 'x', message_content: 'x' })
    expect([response.status, response.text]).toEqual([204, ''])
    expect(await countOf('announcements')).toBe(before)
  })
})

describe('34 and 45: a new value', () => {
  test('is added, and all members are notified', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    expect((await get(reader, '/message/viewmaster/')).status).toBe(204)
    const value = freshName()
    const added = await post(admin, '/notification/addmaster/', { type_id: '14', value })
    expect([added.status, added.text]).toEqual([201, `{"message":"New caste value '${value}' added successfully and notifications sent."}`])
    const code = await env.DB.prepare('SELECT code FROM master_values WHERE value = ?').bind(value).first('code')
    expect(code).toBe('CA064')
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

  test('an invalid request is rejected and notifies no one', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    const errorText = async (json: unknown) => {
      const response = await post(admin, '/notification/addmaster/', json)
      expect(response.status).toBe(400)
      return response.text
    }
    for (const json of [{}, { type_id: 14 }, { value: 'x' }, { type_id: '', value: 'x' }]) {
      expect(await errorText(json)).toBe('{"error":"Both type_id and value are required."}')
    }
    for (const typeId of [999, 0, -1, 'caste', true, 1.5]) {
      expect(await errorText({ type_id: typeId, value: freshName() })).toBe('{"error":"Invalid type_id."}')
    }
    expect(await errorText({ type_id: 14, value: 'GENERAL' })).toBe(
      '{"error":"The value \'GENERAL\' already exists in the caste category."}',
    )
    expect(await titles(reader)).toEqual([])
  })

  test('twenty concurrent requests add one value and notify once', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    const value = freshName()
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(admin, '/notification/addmaster/', { type_id: 21, value })))
    expect(answers.filter(({ status }) => status === 201).length).toBe(1)
    expect(await titles(reader)).toEqual(['New location Value Added'])
  })

  test('is not added if its notifications cannot be written', async () => {
    const admin = await personWith('is_admin')
    await person()
    const value = freshName()
    const [before, plans] = [await countOf('announcements'), await countOf('subscription_plans')]
    await env.DB.prepare("CREATE TRIGGER reject_notifications BEFORE INSERT ON notifications BEGIN SELECT RAISE(ABORT, 'no'); END").run()
    const added = await post(admin, '/notification/addmaster/', { type_id: 14, value })
    const planResponse = await post(admin, '/notification/notifysubscription/', {
      plan_type: 'Gold',
      start_date: '2024-01-01',
      end_date: '2025-06-30',
    })
    await env.DB.prepare('DROP TRIGGER reject_notifications').run()
    expect([added.status, planResponse.status]).toEqual([500, 500])
    expect(await countOf('announcements')).toBe(before)
    expect(await countOf('subscription_plans')).toBe(plans)
    expect(await env.DB.prepare('SELECT 1 FROM master_values WHERE value = ?').bind(value).first()).toBeNull()
  })
})

describe('32 and 43: a new match', () => {
  test('notifies the members who look for that gender, but not the new member', async () => {
    await cleanup()
    const admin = await personWith('is_admin')
    const none = await post(admin, '/notification/newmatch/')
    expect([none.status, none.text]).toEqual([204, ''])

    const seeker = async (type: string | null, gender: string) => {
      const member = type ? await subscriber(type) : await person()
      await insertPreferenceFor(member, { gender })
      return member
    }
    const [premium, platinum] = [await seeker('premium', 'Female'), await seeker('platinum', 'Female')]
    const notNotified = [await seeker('basic', 'Female'), await seeker(null, 'Female'), await seeker('premium', 'Male')]
    const expiredPlan = await person()
    await insertPreferenceFor(expiredPlan, { gender: 'Female' })
    await subscribe(expiredPlan, await plan('premium', -1))
    const blocked = await seeker('premium', 'Female')
    const newest = await subscriber('premium')
    await insertProfileFor(premium, { gender: 'Male', created_at: 1 })
    await insertProfileFor(newest, { gender: 'Female' })
    await insertPreferenceFor(newest, { gender: 'Female' })
    await call('POST', `/matching/block/${newest.id}`, { as: blocked.token })

    const notified = await post(admin, '/notification/newmatch/')
    expect([notified.status, notified.text]).toEqual([201, '{"message":"Notifications sent successfully to all matched users."}'])
    for (const reader of [...notNotified, expiredPlan, blocked, newest]) expect(await titles(reader)).toEqual([])
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

  test('is rejected if the newest profile has no gender', async () => {
    await cleanup()
    const admin = await personWith('is_admin')
    await insertProfileFor(await person(), { gender: '' })
    const response = await post(admin, '/notification/newmatch/')
    expect([response.status, response.text]).toEqual([400, '{"error":"The new profile does not have a specified gender."}'])
  })
})

describe('35 and 46: reminders', () => {
  test('are sent once per end date, by the endpoint and by the cron', async () => {
    await env.DB.prepare('UPDATE accounts SET subscription_plan_id = NULL').run()
    const admin = await personWith('is_admin')
    const none = await post(admin, '/notification/notifyexpiring/')
    expect([none.status, none.text]).toEqual([200, '{"message":"No subscriptions expiring within the next 2 days."}'])

    const soon = await plan('premium', 2)
    const people = [await person(), await person(), await personWith('is_staff')]
    for (const member of people) await subscribe(member, soon)
    const today = await subscriber('basic', 0)
    const notDue = [await subscriber('basic', 3), await subscriber('basic', -1), await person()]
    const expired = await person()
    await subscribe(expired, await plan('basic', 1, 'expired'))
    expect((await get(today, '/message/viewreminder/')).status).toBe(204)

    const answers = await Promise.all(Array.from({ length: 20 }, () => post(admin, '/notification/notifyexpiring/')))
    expect(answers.map((answer) => at(answer, 'message')).sort()).toEqual([
      ...Array.from({ length: 19 }, () => 'Notifications sent to 0 user(s) with expiring subscriptions.'),
      'Notifications sent to 4 user(s) with expiring subscriptions.',
    ])
    await worker.scheduled(createScheduledController(), env, createExecutionContext())
    for (const member of [...people, today]) expect(await titles(member)).toEqual(['Subscription Expiry Reminder'])
    for (const member of [...notDue, expired]) expect(await titles(member)).toEqual([])

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

  test('is created, and all members are notified', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    expect((await get(reader, '/message/newsubscription/')).status).toBe(204)
    const response = await post(admin, '/notification/notifysubscription/', GOLD)
    expect([response.status, response.text]).toEqual([
      200,
      `{"message":"Subscription plan 'Gold' created and notifications sent to ${await countRecipients()} user(s)."}`,
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

  test('an invalid request is rejected and notifies no one', async () => {
    const [admin, reader] = [await personWith('is_admin'), await person()]
    for (const missing of ['plan_type', 'start_date', 'end_date']) {
      const response = await post(admin, '/notification/notifysubscription/', { ...GOLD, [missing]: undefined })
      expect([response.status, response.text]).toEqual([400, '{"error":"Missing required fields: plan_type, start_date, end_date."}'])
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
  test('a list reads only the rows that it returns', async () => {
    const page = { after: 5, limit: 10 }
    for (const which of [{}, { unread: true }, { kind: 'bulk' }, { kind: 'match' }, { kind: 'subscription', unread: true }] as const) {
      expect(expensiveSteps(await explain((store) => findNotifications(store, 1, which, page)))).toEqual([])
    }
    for (const which of [{ kind: 'match' }, { kind: 'subscription', unread: true }] as const) {
      expect(expensiveSteps(await explain((store) => findNotificationsAndMarkRead(store, 1, which, page, 1)))).toEqual([])
    }
    const unread = await explain((store) => findNotifications(store, 1, { kind: 'subscription', unread: true }, page))
    expect(unread.join()).toContain('notifications_new_plans')
  })

  test('notifying a hundred thousand members takes one statement and one round trip', async () => {
    await insertManyAccounts(100_001, 200_000)
    const recipients = await countRecipients()
    const steps = await explain((store) => announceToAll(store, { about: 'explained', kind: 'bulk', now: 1 }, { title: 'x', content: 'x' }))
    expect(steps.length).toBeGreaterThan(0)
    const before = Date.now()
    const notified = await announceToAll(createStore(env.DB), { about: 'all', kind: 'bulk', now: 1 }, { title: 'x', content: 'x' })
    console.log(`notified ${notified}: ${Date.now() - before} ms`)
    expect(notified).toBe(recipients)
    expect(Date.now() - before).toBeLessThan(10_000)
  })
})
