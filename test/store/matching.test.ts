import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { MATCH_RULE } from '../../src/model/matching.ts'
import { findMatches, scorePair } from '../../src/store/matching.ts'
import { createStore } from '../../src/store/store.ts'
import { expensiveSteps, explain, rowsReadBy } from '../support/explain.ts'
import { insertManyProfiles } from '../support/many-profiles.ts'
import { insertPreferenceFor, insertProfileFor } from '../support/matrimony.ts'
import { person } from '../support/people.ts'

const store = createStore(env.DB)
const TODAY = '2026-02-28'
const OPTIONS = { rule: MATCH_RULE, matchLists: false, today: TODAY, limit: 1000 }

interface Profile {
  id: number
  gender: string | null
  born: string | null
  height: number | null
  weight: number | null
  income: number | null
  profession: string | null
  education: string | null
  location: string | null
  language: string | null
  marital: string | null
  religion: string | null
  caste: string | null
}

type Range = [number, number] | null

interface Preference {
  id: number
  gender: string | null
  age: Range
  height: Range
  weight: Range
  income: Range
  profession: string[] | null
  education: string[] | null
  location: string[] | null
  language: string[] | null
  marital: string | null
  religion: string[] | null
  caste: string[] | null
}

/** A second implementation of the specification's score, written independently of the one under test. */
const referenceScore = (preference: Preference, profile: Profile, matchLists: boolean): number => {
  if (preference.gender !== null && preference.gender !== (profile.gender ?? '')) return 0
  const birthday = profile.born?.split('-').map(Number) ?? []
  const [year = 0, month = 0, day = 0] = TODAY.split('-').map(Number)
  const [bornYear = 0, bornMonth = 0, bornDay = 0] = birthday
  const hadBirthday = month > bornMonth || (month === bornMonth && day >= bornDay)
  const age = profile.born === null ? null : year - bornYear - (hadBirthday ? 0 : 1)
  let sum = 0
  const count = (isMatched: boolean, points: number, penalty: number) => {
    sum += isMatched ? points : penalty
  }
  const within = (value: number | null, range: Range) => value !== null && range !== null && range[0] <= value && value <= range[1]
  const among = (value: string | null, list: string[] | null) => value !== null && list !== null && list.indexOf(value) >= 0
  count(preference.gender !== null && preference.gender === profile.gender, 10, 0)
  count(within(age, preference.age), 20, -10)
  count(within(profile.height, preference.height), 15, -7)
  count(within(profile.weight, preference.weight), 10, -5)
  count(within(profile.income, preference.income), 15, -7)
  count(matchLists && among(profile.religion, preference.religion), 5, -2)
  count(matchLists && among(profile.caste, preference.caste), 5, -2)
  count(among(profile.profession, preference.profession), 10, -5)
  count(among(profile.education, preference.education), 10, -5)
  count(among(profile.location, preference.location), 10, -5)
  count(among(profile.language, preference.language), 5, -2)
  count(preference.marital !== null && preference.marital === profile.marital, 5, -2)
  return (sum / 120) * 100
}

/** A seeded random number generator: the same numbers in every run. */
let state = 20240101
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const pick = <T>(items: readonly T[]): T => {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('cannot pick from an empty list')
  return item
}
const maybeNull = <T>(value: T): T | null => (random() < 0.1 ? null : value)
const randomInteger = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
const randomRange = (from: number, to: number): Range => {
  const ends = [randomInteger(from, to), randomInteger(from, to)].sort((a, b) => a - b)
  return maybeNull([ends[0] ?? 0, ends[1] ?? 0])
}
const randomSubset = (items: readonly string[]): string[] | null => maybeNull(items.filter(() => random() < 0.4))

const GENDERS = ['Male', 'Female', 'Others']
const CHOICES = { profession: ['Teacher', 'Doctor', 'Chef'], education: ['PhD', 'MBA', 'BCA'], location: ['Kochi', 'Idukki', 'Goa'] }
const MORE_CHOICES = { language: ['Hindi', 'Tamil'], marital: ['Single', 'Divorced'], religion: ['Hindu', 'Jain'], caste: ['Nair', 'Jat'] }

/** Birth dates near the relevant birthdays: the day itself, the day before, the day after, and leap days. */
const birthDate = (): string => `${randomInteger(1971, 2008)}-${pick(['02-27', '02-28', '03-01', '02-28', '01-01', '12-31', '07-15'])}`

const randomProfile = (id: number): Profile => ({
  id,
  gender: maybeNull(pick(GENDERS)),
  born: maybeNull(random() < 0.1 ? pick(['1988-02-29', '1996-02-29', '2004-02-29']) : birthDate()),
  height: maybeNull(randomInteger(140, 200)),
  weight: maybeNull(randomInteger(45, 110)),
  income: maybeNull(randomInteger(0, 20) * 100000),
  profession: maybeNull(pick(CHOICES.profession)),
  education: maybeNull(pick(CHOICES.education)),
  location: maybeNull(pick(CHOICES.location)),
  language: maybeNull(pick(MORE_CHOICES.language)),
  marital: maybeNull(pick(MORE_CHOICES.marital)),
  religion: maybeNull(pick(MORE_CHOICES.religion)),
  caste: maybeNull(pick(MORE_CHOICES.caste)),
})

const randomPreference = (id: number): Preference => ({
  id,
  gender: maybeNull(pick(GENDERS)),
  age: randomRange(15, 60),
  height: randomRange(140, 200),
  weight: randomRange(45, 110),
  income: randomRange(0, 2000000),
  profession: randomSubset(CHOICES.profession),
  education: randomSubset(CHOICES.education),
  location: randomSubset(CHOICES.location),
  language: randomSubset(MORE_CHOICES.language),
  marital: maybeNull(pick(MORE_CHOICES.marital)),
  religion: randomSubset(MORE_CHOICES.religion),
  caste: randomSubset(MORE_CHOICES.caste),
})

const json = (list: string[] | null) => (list === null ? null : JSON.stringify(list))

const insertAccount = (id: number) =>
  env.DB.prepare(
    "INSERT INTO accounts (id, object_id, username, username_key, password, created_at, updated_at) VALUES (?1, printf('%024d', ?1), 'r' || ?1, 'r' || ?1, '', 0, 0)",
  ).bind(id)

const insertProfile = (p: Profile) =>
  env.DB.prepare(
    `INSERT INTO matrimony_profiles (account_id, is_listed, gender, date_of_birth, height, weight, income, profession, education, location,
      language, marital_status, religion, caste, image, created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
  ).bind(
    ...[p.id, p.gender ?? '', p.born, p.height, p.weight, p.income, p.profession, p.education],
    ...[p.location, p.language, p.marital, p.religion, p.caste, `r${p.id}`],
  )

const insertPreference = (p: Preference) =>
  env.DB.prepare(
    `INSERT INTO match_preferences (account_id, gender, age_min, age_max, height_min, height_max, weight_min, weight_max, income_min, income_max,
      profession, education, location, language, marital_status, religion, caste, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
  ).bind(
    ...[p.id, p.gender, p.age?.[0] ?? null, p.age?.[1] ?? null, p.height?.[0] ?? null, p.height?.[1] ?? null],
    ...[p.weight?.[0] ?? null, p.weight?.[1] ?? null, p.income?.[0] ?? null, p.income?.[1] ?? null],
    ...[json(p.profession), json(p.education), json(p.location), json(p.language), p.marital, json(p.religion), json(p.caste)],
  )

describe('the score', () => {
  test('of 10,000 random pairs equals the reference implementation, and the list holds the best of them', async () => {
    const people = Array.from({ length: 101 }, (_, index) => 1000 + index)
    const profiles = people.map(randomProfile)
    const preferences = people.map(randomPreference)
    await env.DB.batch(people.map(insertAccount))
    await env.DB.batch([...profiles.map(insertProfile), ...preferences.map(insertPreference)])
    let pairs = 0
    const distinct = new Set<number>()
    for (const preference of preferences) {
      for (const matchLists of [false, true]) {
        const expected = profiles
          .filter(({ id }) => id !== preference.id)
          .map((profile) => ({ id: profile.id, score: referenceScore(preference, profile, matchLists) }))
        const matches = await findMatches(store, preference.id, { ...OPTIONS, matchLists })
        const scored = new Map(matches?.map(({ accountId, score }) => [accountId, score]))
        expect(scored).toEqual(new Map(expected.filter(({ score }) => score > 0).map(({ id, score }) => [id, score])))
        for (const { score } of expected) {
          distinct.add(score)
          if (!matchLists) pairs++
        }
        const scores = matches?.map(({ score }) => score) ?? []
        expect(scores).toEqual([...scores].sort((a, b) => b - a))
        expect(matches?.every(({ score, status }) => status === (score >= 70 ? 'accepted' : 'pending'))).toBe(true)
        const best = await findMatches(store, preference.id, { ...OPTIONS, matchLists, limit: 5 })
        expect(best?.map(({ score }) => score)).toEqual(scores.slice(0, 5))
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(10_000)
    expect(distinct.size).toBeGreaterThan(50)
  })

  test('of a single pair equals the reference, too, and is stored', async () => {
    const one: Preference = { ...randomPreference(2000), gender: 'Female' }
    const others = Array.from(
      { length: 30 },
      (_, index): Profile => ({ ...randomProfile(2001 + index), gender: pick(['Female', 'Male', null]) }),
    )
    await env.DB.batch([one.id, ...others.map(({ id }) => id)].map(insertAccount))
    await env.DB.batch([
      insertProfile(randomProfile(2000)),
      insertPreference(one),
      ...others.flatMap((other) => [insertProfile(other), insertPreference(randomPreference(other.id))]),
    ])
    for (const other of others) {
      const pair = await scorePair(store, { user1: one.id, user2: other.id }, { rule: MATCH_RULE, matchLists: false, today: TODAY, now: 1 })
      expect(pair.score).toBe(referenceScore(one, other, false))
      const stored = await env.DB.prepare('SELECT score, status FROM matches WHERE user1_id = ? AND user2_id = ?')
        .bind(one.id, other.id)
        .first()
      expect(stored).toEqual({ score: pair.score, status: pair.status })
    }
  })
})

test('a perfect pair scores 100 if religion and caste lists count, and the documented number if they do not', async () => {
  const [one, other] = await Promise.all([person(), person()])
  for (const member of [one, other]) {
    await insertProfileFor(member)
    await insertPreferenceFor(member)
  }
  const pair = { user1: one.id, user2: other.id }
  const options = { rule: MATCH_RULE, today: TODAY, now: 1 }
  expect(await scorePair(store, pair, { ...options, matchLists: true })).toMatchObject({ score: 100, status: 'accepted' })
  expect(await scorePair(store, pair, { ...options, matchLists: false })).toMatchObject({ score: 88.33333333333333, status: 'accepted' })
})

test.each([
  ['some factors', 5, 3000],
  ['some factors', 1000, 3100],
  ['the whole preference', 5, 3200],
])('blocked members are left out, and others take their places: profiles that match %s, limit %i', async (matched, limit, from) => {
  const people = Array.from({ length: 31 }, (_, index) => from + index)
  const measures = { height: 170, weight: 60, income: 100_000 }
  const profiles = people.map((id): Profile => ({ ...randomProfile(id), gender: 'Female', born: '1996-05-05', ...measures }))
  const ranges: Partial<Preference> = { age: [20, 40], height: [150, 190], weight: [50, 70], income: [0, 200_000] }
  const choices = { profession: null, education: null, location: null, language: null, religion: null, caste: null }
  const preference: Preference = { ...randomPreference(from), gender: 'Female', ...ranges, ...choices, marital: null }
  if (matched === 'some factors') Object.assign(preference, { marital: 'Single', location: ['Nowhere'] })
  await env.DB.batch(people.map(insertAccount))
  await env.DB.batch([...profiles.map(insertProfile), insertPreference(preference)])
  const find = async (count: number) => (await findMatches(store, from, { ...OPTIONS, limit: count })) ?? []
  const all = await find(1000)
  const [first, , third] = await find(limit)
  const block = (blocker: number, blocked: number) =>
    env.DB.prepare('INSERT INTO blocks (blocker_id, blocked_id, created_at) VALUES (?, ?, 0)').bind(blocker, blocked)
  const blocked = [first?.accountId ?? 0, third?.accountId ?? 0] as const
  await env.DB.batch([block(from, blocked[0]), block(blocked[1], from)])
  const left = await find(limit)
  expect(left.map(({ accountId }) => accountId).filter((id) => blocked.includes(id) || id === from)).toEqual([])
  const expected = all.filter(({ accountId }) => !blocked.includes(accountId)).slice(0, limit)
  expect(left.map(({ score }) => score)).toEqual(expected.map(({ score }) => score))
  expect(left.length).toBeGreaterThanOrEqual(Math.min(limit, 10))
})

describe('the cost', () => {
  test('all matches: one covering index, and a sort that holds at most the requested number of rows', async () => {
    const steps = await explain((explained) => findMatches(explained, 1, { ...OPTIONS, limit: 100 }))
    const profiles = steps.filter((step) => /matrimony_profiles|\bc\b/.test(step))
    expect(profiles.filter((step) => !step.includes('PRIMARY KEY')).sort()).toEqual([
      'SEARCH c USING COVERING INDEX matrimony_profiles_to_match (gender=? AND date_of_birth>? AND date_of_birth<?)',
      'SEARCH c USING COVERING INDEX matrimony_profiles_to_match (gender=?)',
    ])
    const lists = ['apart', 'enough', 'fitting', 'perfect', 'scored', 'best']
    const intermediateTables = ['wish', 'w', 'lists', ...lists, 'CONSTANT', 'json_each', 'wanted', 'short']
    expect(expensiveSteps(steps, ...intermediateTables)).toEqual(['USE TEMP B-TREE FOR ORDER BY'])
    expect(
      expensiveSteps(
        await explain((explained) => scorePair(explained, { user1: 1, user2: 2 }, { ...OPTIONS, now: 1 })),
        ...intermediateTables,
      ),
    ).toEqual([])
  })

  test('all matches among 100,000 profiles take less than a second, even if few profiles match well and all must be scored', async () => {
    const [broad, selective] = await Promise.all([person(), person()])
    await insertManyProfiles(100_001, 200_000)
    const blank = randomProfile(broad.id)
    const wide: Preference = {
      id: broad.id,
      gender: 'Female',
      age: [18, 99],
      height: [100, 250],
      weight: [30, 200],
      income: [0, 100000000],
      profession: null,
      education: null,
      location: null,
      language: null,
      marital: null,
      religion: null,
      caste: null,
    }
    const narrow: Preference = {
      ...wide,
      id: selective.id,
      age: [25, 30],
      height: [160, 165],
      weight: [50, 60],
      income: [1000000, 1200000],
      profession: ['Doctor', 'Teacher'],
      education: ['PhD'],
      location: ['Kochi'],
      language: ['Hindi'],
      marital: 'Single',
    }
    await env.DB.batch([
      insertProfile(blank),
      insertProfile({ ...blank, id: selective.id }),
      insertPreference(wide),
      insertPreference(narrow),
    ])
    for (const { id } of [broad, selective]) {
      const startedAt = Date.now()
      const matches = await findMatches(store, id, { ...OPTIONS, limit: 100 })
      const durationMs = Date.now() - startedAt
      console.log(`100,000 profiles: ${durationMs} ms, best ${matches?.[0]?.score}, last ${matches?.at(-1)?.score}`)
      expect(matches?.length).toBe(100)
      expect(durationMs).toBeLessThan(1000)
    }
    const rowsReadFor = (id: number) => rowsReadBy((database) => findMatches(createStore(database), id, { ...OPTIONS, limit: 100 }))
    expect(await rowsReadFor(broad.id)).toBeLessThan(1000)
    // The 50,000 profiles of the gender, once more those in the range of ages, and those with a score to list.
    expect(await rowsReadFor(selective.id)).toBeLessThan(70_000)
    const all = await findMatches(store, broad.id, { ...OPTIONS, limit: 100 })
    expect(new Set(all?.map(({ score }) => score)).size).toBe(1)
    const ten = await findMatches(store, selective.id, { ...OPTIONS, limit: 10 })
    const many = await findMatches(store, selective.id, { ...OPTIONS, limit: 1000 })
    expect(ten?.map(({ score }) => score)).toEqual(many?.slice(0, 10).map(({ score }) => score))
  })
})
