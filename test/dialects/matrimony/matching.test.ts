import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { call } from '../../support/call.ts'
import { cleanup, insertPreferenceFor, insertProfileFor } from '../../support/matrimony.ts'
import { type Person, person, personWith } from '../../support/people.ts'

const EVERYTHING_BUT_GENDER = [
  'date_of_birth',
  'height',
  'weight',
  'income',
  'profession',
  'education',
  'location',
  'language',
  'marital_status',
]

/** A member with a profile and a preference. Tests that count matches call `cleanup` first. */
const memberWithProfile = async (profile: Record<string, unknown> = {}, preference: Record<string, unknown> = {}): Promise<Person> => {
  const member = await person()
  await insertProfileFor(member, profile)
  await insertPreferenceFor(member, preference)
  return member
}

const find = (user1: Person, user2: { id: number | string }) =>
  call('GET', `/matching/find-match/?user1_id=${user1.id}&user2_id=${user2.id}`, { as: user1.token })

describe('20: the match of a pair', () => {
  test.each([
    ['a perfect match', {}, 88.33333333333333, 'accepted'],
    ['a profile in another location', { location: 'Goa India' }, 75.83333333333333, 'accepted'],
    ['a shorter member in another location', { location: 'Goa India', height: 120 }, 57.49999999999999, 'pending'],
    ['a profile of another gender', { gender: 'Female' }, 0, 'pending'],
    ['a profile with only a gender', Object.fromEntries(EVERYTHING_BUT_GENDER.map((name) => [name, null])), -35, 'pending'],
  ])('%s', async (_name, profile, score, status) => {
    const [one, other] = [await memberWithProfile(), await memberWithProfile(profile)]
    const found = await find(one, other)
    expect([found.status, found.text]).toEqual([
      201,
      `{"user1":"${one.username}","user2":"${other.username}","match_score":${score},"status":"${status}"}`,
    ])
  })

  test('is stored, one row per pair', async () => {
    const [one, other] = [await memberWithProfile(), await memberWithProfile()]
    await Promise.all(Array.from({ length: 20 }, () => find(one, other)))
    await env.DB.prepare("UPDATE matrimony_profiles SET location = 'Goa India' WHERE account_id = ?").bind(other.id).run()
    await find(one, other)
    const { results } = await env.DB.prepare('SELECT score, status FROM matches WHERE user1_id = ?').bind(one.id).all()
    expect(results).toEqual([{ score: 75.83333333333333, status: 'accepted' }])
  })

  test('reads the ids from the body, too', async () => {
    const [one, other] = [await memberWithProfile(), await memberWithProfile()]
    const ids = { user1_id: one.id, user2_id: String(other.id) }
    expect((await call('POST', '/matching/find-match/', { as: one.token, json: ids })).status).toBe(201)
    expect((await call('POST', `/matching/find-match?user1_id=${one.id}&user2_id=${other.id}`, { as: one.token })).status).toBe(201)
    expect(
      (await call('POST', '/matching/find-match', { as: one.token, form: { user1_id: `${one.id}`, user2_id: `${other.id}` } })).status,
    ).toBe(201)
  })

  test('rejects missing and invalid ids, another user1, and missing profiles or preferences', async () => {
    const [one, other, bare] = await Promise.all([memberWithProfile(), memberWithProfile(), person()])
    for (const query of ['', `?user1_id=${one.id}`, `?user2_id=${other.id}`, `?user1_id=${one.id}&user2_id=`]) {
      const response = await call('GET', `/matching/find-match/${query}`, { as: one.token })
      expect([response.status, response.text]).toEqual([400, '{"error":"Both user1_id and user2_id are required."}'])
    }
    const wrong = await call('GET', `/matching/find-match/?user1_id=${one.id}&user2_id=x`, { as: one.token })
    expect([wrong.status, wrong.text]).toEqual([400, '{"user2_id":["A valid integer is required."]}'])
    const foreign = await call('GET', `/matching/find-match/?user1_id=${other.id}&user2_id=${one.id}`, { as: one.token })
    expect([foreign.status, foreign.text]).toEqual([
      403,
      '{"error":"You are not authorized to perform this action for the specified user1_id."}',
    ])
    const withoutProfile = await find(one, bare)
    expect([withoutProfile.status, withoutProfile.text]).toEqual([
      404,
      `{"error":"Profile not found for user ${one.username} or ${bare.username}."}`,
    ])
    const unknown = await find(one, { id: 999999 })
    expect([unknown.status, unknown.text]).toEqual([404, `{"error":"Profile not found for user ${one.username} or 999999."}`])
    await insertProfileFor(bare)
    const withoutPreference = await find(one, bare)
    expect([withoutPreference.status, withoutPreference.text]).toEqual([
      404,
      `{"error":"Preference not found for user ${one.username} or ${bare.username}."}`,
    ])
    const anonymous = await call('GET', `/matching/find-match/?user1_id=${one.id}&user2_id=${other.id}`)
    expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
  })
})

describe('21: all matches', () => {
  test('are listed best first, without the caller and without scores of zero or less', async () => {
    await cleanup()
    const one = await memberWithProfile()
    const near = await memberWithProfile({ location: 'Goa India' })
    const best = await memberWithProfile()
    await memberWithProfile({ gender: 'Female' })
    await memberWithProfile(Object.fromEntries(EVERYTHING_BUT_GENDER.map((name) => [name, null])))
    const deactivated = await memberWithProfile()
    await call('PUT', '/users/deactivate/', { as: deactivated.token })
    const row = (other: Person, score: number) => `{"user1_id":${one.id},"user2_id":${other.id},"match_score":${score},"status":"accepted"}`
    const found = await call('GET', '/matching/find-all-matches/', { as: one.token })
    expect([found.status, found.text]).toEqual([200, `[${row(best, 88.33333333333333)},${row(near, 75.83333333333333)}]`])
    const first = await call('GET', '/matching/find-all-matches/?limit=1', { as: one.token })
    expect(first.text).toBe(`[${row(best, 88.33333333333333)}]`)
    for (const limit of ['0', '1001', 'x', '-1']) {
      expect((await call('GET', `/matching/find-all-matches/?limit=${limit}`, { as: one.token })).status).toBe(400)
    }
  })

  test('need a profile and a preference', async () => {
    const bare = await person()
    const listMatches = async () => {
      const { status, text } = await call('GET', '/matching/find-all-matches/', { as: bare.token })
      return [status, text]
    }
    const notFound = [404, '{"error":"User profile or preferences not found."}']
    expect(await listMatches()).toEqual(notFound)
    await insertPreferenceFor(bare)
    expect(await listMatches()).toEqual(notFound)
    await insertProfileFor(bare)
    expect((await listMatches())[0]).toBe(200)
  })

  test('include every gender if the preference has none', async () => {
    await cleanup()
    const one = await memberWithProfile({}, { gender: null })
    const others = [await memberWithProfile(), await memberWithProfile({ gender: 'Female' }), await memberWithProfile({ gender: '' })]
    const found = await call('GET', '/matching/find-all-matches/', { as: one.token })
    const rows: { user2_id: number; match_score: number }[] = Object(found.json)
    expect(rows.map((row) => row.user2_id).sort()).toEqual(others.map(({ id }) => id).sort())
    expect(new Set(rows.map((row) => row.match_score))).toEqual(new Set([80]))
  })
})

describe('blocks', () => {
  test('hide both members from each other, with the same text as for an unknown account', async () => {
    await cleanup()
    const [one, other] = await Promise.all([memberWithProfile(), memberWithProfile()])
    await find(one, other)
    const blocked = await call('POST', `/matching/block/${other.id}/`, { as: one.token })
    expect([blocked.status, blocked.text]).toEqual([201, '{"message":"User blocked successfully"}'])
    expect((await call('POST', `/matching/block/${other.id}/`, { as: one.token })).status).toBe(201)
    expect(await env.DB.prepare('SELECT count(*) AS n FROM matches').first('n')).toBe(0)
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const hidden = await find(from, to)
      const unknown = await find(from, { id: 999_999 })
      expect([hidden.status, hidden.text]).toEqual([404, unknown.text.replace('999999', String(to.id))])
      expect((await call('GET', '/matching/find-all-matches/', { as: from.token })).text).toBe('[]')
    }
    const foreign = await call('DELETE', `/matching/block/${one.id}/`, { as: other.token })
    expect([foreign.status, foreign.text]).toEqual([404, '{"error":"This user is not blocked."}'])
    const unblocked = await call('DELETE', `/matching/block/${other.id}/`, { as: one.token })
    expect([unblocked.status, unblocked.text]).toEqual([200, '{"message":"User unblocked successfully"}'])
    expect((await find(other, one)).status).toBe(201)
  })

  test('of oneself or of an unknown account are rejected', async () => {
    const one = await person()
    const self = await call('POST', `/matching/block/${one.id}/`, { as: one.token })
    expect([self.status, self.text]).toEqual([400, '{"error":"You cannot do this to yourself."}'])
    for (const id of ['999999', '0', 'x']) {
      const response = await call('POST', `/matching/block/${id}/`, { as: one.token })
      expect([response.status, response.text]).toEqual([404, '{"detail":"No CustomUser matches the given query."}'])
    }
  })
})

describe('reports', () => {
  test('are stored for the staff', async () => {
    const [one, other] = await Promise.all([person(), personWith('is_staff')])
    const reported = await call('POST', `/matching/report/${other.id}/`, { as: one.token, json: { reason: ' Asks for money.\nOften. ' } })
    expect([reported.status, reported.text]).toEqual([201, '{"message":"User reported successfully"}'])
    const stored = await env.DB.prepare('SELECT reported_id, reason, status FROM member_reports WHERE reporter_id = ?').bind(one.id).all()
    expect(stored.results).toEqual([{ reported_id: other.id, reason: 'Asks for money.\nOften.', status: 'open' }])
    const blank = await call('POST', `/matching/report/${other.id}/`, { as: one.token, json: {} })
    expect([blank.status, blank.text]).toEqual([400, '{"reason":["This field is required."]}'])
    const unknown = await call('POST', '/matching/report/999999/', { as: one.token, json: { reason: 'x' } })
    expect(unknown.status).toBe(404)
    expect((await call('POST', `/matching/report/${one.id}/`, { as: one.token, json: { reason: 'x' } })).status).toBe(400)
  })

  test('are limited to a hundred a day per member', async () => {
    const [one, other] = await Promise.all([person(), person()])
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
       INSERT INTO member_reports (reporter_id, reported_id, reason, created_at) SELECT ?, ?, 'x', ? FROM n`,
    )
      .bind(one.id, other.id, Date.now())
      .run()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', `/matching/report/${other.id}/`, { as: one.token, json: { reason: 'x' } })),
    )
    expect(answers.filter(({ status }) => status === 201).length).toBe(1)
    expect(answers.filter(({ status }) => status === 429).length).toBe(19)
  })
})
