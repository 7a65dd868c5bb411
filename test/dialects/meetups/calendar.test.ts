import { env } from 'cloudflare:workers'
import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { systemContext } from '../../../src/domain/access.ts'
import { sweep } from '../../../src/domain/maintenance/sweep.ts'
import { at, call, ORIGIN, type TestResponse, textAt } from '../../support/call.ts'
import { PASSWORD, type Person, person } from '../../support/people.ts'

/** The iCalendar files, parsed by an independent library. */

const LOCATION = { name: 'The Bar', address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '02134' }
const START = '2025-09-28T12:00:00Z'
const END = '2025-09-28T15:00:00Z'

const addPlan = async (as: Person, changes: Record<string, unknown> = {}): Promise<string> => {
  const json = { title: 'Game Night', location: LOCATION, start_time: START, end_time: END, ...changes }
  const created = await call('POST', '/api/plans/add', { as: as.token, json })
  expect(created.status, created.text).toBe(201)
  return textAt(created, 'id')
}

const edit = (as: Person, id: string, json: unknown) => call('PUT', `/api/plans/${id}/edit`, { as: as.token, json })
const addRsvp = (as: Person, id: string) => call('POST', '/api/rsvp/add', { as: as.token, json: { plan_id: id } })

const event = (component: ICAL.Component) => {
  const { uid, summary, description, location, startDate, endDate, sequence } = new ICAL.Event(component)
  return {
    uid,
    summary,
    description,
    location,
    start: startDate.toJSDate().toISOString(),
    end: endDate.toJSDate().toISOString(),
    sequence,
    status: component.getFirstPropertyValue('status'),
    stamp: String(component.getFirstPropertyValue('dtstamp')),
  }
}

/** The events of a calendar, after checking its form against RFC 5545. */
const eventsOf = (response: TestResponse) => {
  expect(response.status, response.text).toBe(200)
  expect(response.headers.get('Content-Type')).toBe('text/calendar; charset=utf-8')
  expect(response.text.endsWith('\r\n')).toBe(true)
  expect(response.text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  for (const line of response.text.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
  const calendar = new ICAL.Component(ICAL.parse(response.text))
  expect(calendar.getFirstPropertyValue('version')).toBe('2.0')
  expect(String(calendar.getFirstPropertyValue('prodid'))).toContain('Concord')
  expect(calendar.getAllSubcomponents().length).toBeGreaterThan(0)
  return calendar.getAllSubcomponents('vevent').map(event)
}

const eventFile = async (as: Person, id: string) => eventsOf(await call('GET', `/api/plans/${id}/calendar.ics`, { as: as.token }))[0]

const feedUrl = async (as: Person): Promise<string> => textAt(await call('GET', '/api/calendar/', { as: as.token }), 'url')
const feed = async (as: Person) => eventsOf(await call('GET', '/api/calendar.ics', { as: as.token }))
const inFeed = async (as: Person, id: string) => (await feed(as)).find(({ uid }) => uid.startsWith(id))

describe('one event', () => {
  test('contains the data of the plan', async () => {
    const ross = await person()
    const id = await addPlan(ross, { description: 'Lots of fun.' })
    const response = await call('GET', `/api/plans/${id}/calendar.ics`, { as: ross.token })
    expect(eventsOf(response)).toEqual([
      {
        uid: `${id}@meetups.concord`,
        summary: 'Game Night',
        description: 'Lots of fun.',
        location: 'The Bar, 1 main st, Boston, MA 02134',
        start: '2025-09-28T12:00:00.000Z',
        end: '2025-09-28T15:00:00.000Z',
        sequence: 0,
        status: 'CONFIRMED',
        stamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    ])
    expect(response.text).toContain('\r\nDTSTART:20250928T120000Z\r\nDTEND:20250928T150000Z\r\n')
  })

  test.each([
    ['commas, semicolons; and \\ backslashes', 'a,b;c\\d \\n e'],
    ['line breaks', 'one\ntwo\r\nthree\tfour'],
    ['text that looks like a property', 'x\nEND:VEVENT\nBEGIN:VEVENT\nUID:mine'],
    ['long words', `${'long '.repeat(100)}end`],
    ['characters of two octets', 'é'.repeat(200)],
    ['characters of three octets', 'a日本語'.repeat(60)],
    ['characters of four octets', 'ab🎲🎉'.repeat(60)],
    ['quotes and colons', '"a": b:c'],
  ])('preserves %s', async (_name, text) => {
    const ross = await person()
    const title = text.replaceAll(/\s+/g, ' ').slice(0, 60)
    const id = await addPlan(ross, { title, description: text })
    const parsed = await eventFile(ross, id)
    expect(parsed?.description).toBe(text.trim().replaceAll('\r\n', '\n'))
    expect(parsed?.summary).toBe(title.trim())
  })

  test('a plan without a start time is placed at its end time', async () => {
    const ross = await person()
    const id = await addPlan(ross, { start_time: undefined })
    expect(await eventFile(ross, id)).toMatchObject({ start: '2025-09-28T15:00:00.000Z', end: '2025-09-28T15:00:00.000Z' })
  })

  test('every edit increments the sequence and keeps the uid', async () => {
    const ross = await person()
    const id = await addPlan(ross)
    const first = await eventFile(ross, id)
    for (let n = 1; n <= 3; n++) {
      await edit(ross, id, { title: `Game Night ${n}` })
      expect(await eventFile(ross, id)).toMatchObject({ uid: first?.uid, sequence: n, summary: `Game Night ${n}` })
    }
    await edit(ross, id, { end_time: '2025-01-01' }) // rejected
    expect(await eventFile(ross, id)).toMatchObject({ sequence: 3 })
  })
})

describe('the feed', () => {
  test('is empty for a new account', async () => {
    expect(await feed(await person())).toEqual([])
  })

  test('contains each plan once that its owner created or has an RSVP for, and can still see', async () => {
    const [ross, rachel] = [await person(), await person()]
    const own = await addPlan(ross, { visibility: 'private' })
    const withRsvp = await addPlan(rachel)
    const hidden = await addPlan(rachel)
    await addPlan(rachel) // no RSVP of ross
    for (const id of [own, withRsvp, hidden]) expect((await addRsvp(ross, id)).status).toBe(201)
    await edit(rachel, hidden, { visibility: 'private', title: 'Surprise for Ross' })
    expect((await feed(ross)).map(({ uid }) => uid.slice(0, 24)).sort()).toEqual([own, withRsvp].sort())
    await call('DELETE', `/api/rsvp/plan/${withRsvp}/delete`, { as: ross.token })
    expect((await feed(ross)).map(({ uid }) => uid.slice(0, 24))).toEqual([own])
  })

  test('contains a cancelled plan for 30 days, for its creator and for members with an RSVP', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const id = await addPlan(ross)
    await addRsvp(rachel, id)
    await addRsvp(ross, id)
    await edit(ross, id, { title: 'Game Night!' })
    expect(await inFeed(rachel, id)).toMatchObject({ status: 'CONFIRMED', sequence: 1 })
    await call('DELETE', `/api/plans/${id}/delete`, { as: ross.token })
    for (const member of [ross, rachel]) {
      expect((await feed(member)).length).toBe(1)
      expect(await inFeed(member, id)).toMatchObject({
        uid: `${id}@meetups.concord`,
        status: 'CANCELLED',
        sequence: 2,
        summary: 'Game Night!',
        start: '2025-09-28T12:00:00.000Z',
      })
    }
    expect(await feed(third)).toEqual([])

    await env.DB.prepare('UPDATE cancelled_plans SET cancelled_at = cancelled_at - ? WHERE id = ?')
      .bind(31 * 86_400_000, id)
      .run()
    expect(await feed(ross)).toEqual([])

    const recent = await addPlan(ross)
    await call('DELETE', `/api/plans/${recent}/delete`, { as: ross.token })
    await sweep(systemContext(createContext(env, { waitUntil: () => undefined })))
    const { results } = await env.DB.prepare('SELECT plan_id FROM cancelled_plan_people WHERE account_id = ?').bind(ross.id).all()
    expect(results).toEqual([{ plan_id: recent }])
  })
})

describe('the feed URL', () => {
  const open = (url: string) => call('GET', url.slice(ORIGIN.length))

  test('stays the same, and opens the feed without a header', async () => {
    const ross = await person()
    const id = await addPlan(ross)
    const url = await feedUrl(ross)
    expect(url).toMatch(new RegExp(`^${ORIGIN}/api/calendar\\.ics\\?token=feed_[0-9a-f]{64}$`))
    expect(await feedUrl(ross)).toBe(url)
    expect(eventsOf(await open(url)).map(({ uid }) => uid)).toEqual([`${id}@meetups.concord`])
    expect(await feedUrl(await person())).not.toBe(url)
  })

  test('stops working after a reset', async () => {
    const ross = await person()
    const url = await feedUrl(ross)
    const reset = await call('POST', '/api/calendar/reset/', { as: ross.token })
    expect(reset.status).toBe(200)
    const fresh = textAt(reset, 'url')
    expect(fresh).not.toBe(url)
    expect((await open(url)).status).toBe(401)
    expect((await open(fresh)).status).toBe(200)
    expect(await feedUrl(ross)).toBe(fresh)
    const first = await person()
    expect((await call('POST', '/api/calendar/reset', { as: first.token })).status).toBe(200)
  })

  test('accepts no other token; its token is accepted nowhere else', async () => {
    const ross = await person()
    const token = new URL(await feedUrl(ross)).searchParams.get('token') ?? ''
    const pair = await call('POST', '/api/token/', { json: { username: ross.username, password: PASSWORD } })
    const invalidTokens = [textAt(pair, 'access'), textAt(pair, 'refresh'), ross.token.slice(6), '', 'x', token.toUpperCase(), `${token}0`]
    for (const invalid of invalidTokens) {
      for (const as of [undefined, ross.token]) {
        const response = await call('GET', `/api/calendar.ics?token=${invalid}`, { as })
        expect(response.status).toBe(401)
        expect(response.headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
        expect(at(response, 'code')).toBe('token_not_valid')
      }
    }
    expect((await call('GET', '/api/calendar.ics')).text).toBe('{"detail":"Authentication credentials were not provided."}')
    for (const path of ['/api/profile/', '/api/plans', '/api/calendar/', '/api/calendar.ics', `/api/plans?token=${token}`]) {
      expect((await call('GET', path, { as: `Bearer ${token}` })).status).toBe(401)
      if (path !== '/api/calendar.ics') expect((await call('GET', `${path}?token=${token}`)).status).toBe(401)
    }
    expect((await call('POST', '/api/token/refresh', { json: { refresh: token } })).status).toBe(401)
    expect((await call('GET', '/api/calendar.ics', { as: `Bearer ${textAt(pair, 'access')}` })).status).toBe(200)
    expect((await call('GET', '/api/calendar.ics', { as: `Bearer ${textAt(pair, 'refresh')}` })).status).toBe(401)
  })

  test('stops working when the account is deactivated or its password changes, but not when a log-in rehashes the password', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const [closed, changed, renewed] = [await feedUrl(ross), await feedUrl(rachel), await feedUrl(third)]
    expect((await call('PATCH', '/users/deactivate/', { as: ross.token, json: {} })).status).toBeLessThan(300)
    expect((await open(closed)).status).toBe(401)
    await env.DB.prepare('UPDATE accounts SET is_active = 1 WHERE id = ?').bind(ross.id).run()
    expect((await open(closed)).status).toBe(401)

    await env.DB.prepare("UPDATE accounts SET password = 'another' WHERE id = ?").bind(rachel.id).run()
    expect((await open(changed)).status).toBe(401)

    const django = 'pbkdf2_sha256$260000$Zk3jPq8VbA1c$wOPEuG0szQwhLNdngYQEJLkisD6RQZI1sr0wZBEXQUc=' // of 'pässwörd 1'
    await env.DB.prepare('UPDATE accounts SET password = ?, last_login_at = 1 WHERE id = ?').bind(django, third.id).run()
    expect((await call('POST', '/api/token/', { json: { username: third.username, password: 'pässwörd 1' } })).status).toBe(200)
    const stored = await env.DB.prepare('SELECT password FROM accounts WHERE id = ?').bind(third.id).first<string>('password')
    expect(stored).toContain('argon2id')
    expect((await open(renewed)).status).toBe(200)
  })
})
