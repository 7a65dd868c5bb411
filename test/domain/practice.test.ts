import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { SUMMARY_RULE } from '../../src/model/practice.ts'
import { summarisePractice } from '../../src/store/practice-summary.ts'
import { createStore } from '../../src/store/store.ts'
import { call } from '../support/call.ts'
import { person } from '../support/people.ts'

const store = createStore(env.DB)
const TODAY = '2026-11-20'

/** The summary of an account with one session of 10 minutes on each of these days. */
const summaryOf = async (...days: string[]) => {
  const { id } = await person()
  const insert = env.DB.prepare('INSERT INTO practice_sessions (account_id, name, date, duration, created_at) VALUES (?, ?, ?, ?, 0)')
  if (days.length > 0) await env.DB.batch(days.map((day) => insert.bind(id, 'Sit', day, 10)))
  return summarisePractice(store, id, TODAY, SUMMARY_RULE)
}

const streaks = async (...days: string[]) => {
  const { currentStreakDays, longestStreakDays } = await summaryOf(...days)
  return [currentStreakDays, longestStreakDays]
}

describe('streaks', () => {
  test.each<[string, string[], number, number]>([
    ['without any session', [], 0, 0],
    ['of one day, today', [TODAY], 1, 1],
    ['of one day, yesterday', ['2026-11-19'], 1, 1],
    ['of one day, the day before', ['2026-11-18'], 0, 1],
    ['of today and tomorrow, which has already begun in other time zones', ['2026-11-20', '2026-11-21'], 2, 2],
    ['of consecutive days over the end of a month', ['2026-10-30', '2026-10-31', '2026-11-01'], 0, 3],
    ['over a leap day', ['2024-02-28', '2024-02-29', '2024-03-01'], 0, 3],
    ['over a year end', ['2025-12-31', '2026-01-01'], 0, 2],
    ['of several sessions on one day', [TODAY, TODAY, TODAY], 1, 1],
    ['of a long one before a short one', ['2026-11-10', '2026-11-11', '2026-11-12', '2026-11-19', TODAY], 2, 3],
    ['of future sessions, which do not count as current', ['2026-12-24', '2026-12-25'], 0, 2],
    ['with a gap of one day', ['2026-11-17', '2026-11-19'], 1, 1],
  ])('%s', async (_case, days, current, longest) => {
    expect(await streaks(...days)).toEqual([current, longest])
  })
})

test('weeks are ISO weeks, the latest first, over the ends of years', async () => {
  const { byWeek, count, totalMinutes } = await summaryOf('2026-11-20', '2026-11-16', '2026-11-15', '2027-01-03', '2025-12-29')
  expect(byWeek).toEqual([
    { week: '2026-W53', minutes: 10 },
    { week: '2026-W47', minutes: 20 },
    { week: '2026-W46', minutes: 10 },
    { week: '2026-W01', minutes: 10 },
  ])
  expect([count, totalMinutes]).toEqual([5, 50])
})

test('over HTTP, each account gets its own summary', async () => {
  const { token } = await person()
  const day = new Date().toISOString().slice(0, 10)
  await call('POST', '/session/', { as: token, json: { name: 'Sit', date: day, duration: 25 } })
  const response = await call('GET', '/session/summary/', { as: token })
  expect(response.text).toMatch(
    /^{"count":1,"total_minutes":25,"current_streak_days":1,"longest_streak_days":1,"by_week":\[{"week":"\d{4}-W\d\d","minutes":25}\]}$/,
  )
  expect((await call('GET', '/session/summary', { as: (await person()).token })).json).toEqual({
    count: 0,
    total_minutes: 0,
    current_streak_days: 0,
    longest_streak_days: 0,
    by_week: [],
  })
  expect((await call('GET', '/session/summary/')).status).toBe(401)
})
