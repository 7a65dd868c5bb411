import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { findMatches, scorePair } from '../../src/store/matching.ts'
import { createStore } from '../../src/store/store.ts'
import { crowd } from '../support/crowd.ts'
import { costly, explain } from '../support/explain.ts'
import { profileOf, wishOf } from '../support/matrimony.ts'
import { person } from '../support/people.ts'

const store = createStore(env.DB)
const TODAY = '2026-02-28'
const HOW = { matchLists: false, today: TODAY, limit: 1000 }

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

interface Wish {
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

/** The spec's own paragraph, written down a second time and in another way than the one under test. */
const independent = (wish: Wish, profile: Profile, matchLists: boolean): number => {
  if (wish.gender !== null && wish.gender !== (profile.gender ?? '')) return 0
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
  count(wish.gender !== null && wish.gender === profile.gender, 10, 0)
  count(within(age, wish.age), 20, -10)
  count(within(profile.height, wish.height), 15, -7)
  count(within(profile.weight, wish.weight), 10, -5)
  count(within(profile.income, wish.income), 15, -7)
  count(matchLists && among(profile.religion, wish.religion), 5, -2)
  count(matchLists && among(profile.caste, wish.caste), 5, -2)
  count(among(profile.profession, wish.profession), 10, -5)
  count(among(profile.education, wish.education), 10, -5)
  count(among(profile.location, wish.location), 10, -5)
  count(among(profile.language, wish.language), 5, -2)
  count(wish.marital !== null && wish.marital === profile.marital, 5, -2)
  return (sum / 120) * 100
}

/** Random, and the same in every run. */
let state = 20240101
const random = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const pick = <T>(from: readonly T[]): T => {
  const one = from[Math.floor(random() * from.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}
const maybe = <T>(value: T): T | null => (random() < 0.1 ? null : value)
const number = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
const around = (from: number, to: number): Range => {
  const ends = [number(from, to), number(from, to)].sort((a, b) => a - b)
  return maybe([ends[0] ?? 0, ends[1] ?? 0])
}
const some = (from: readonly string[]): string[] | null => maybe(from.filter(() => random() < 0.4))

const GENDERS = ['Male', 'Female', 'Others']
const WORDS = { profession: ['Teacher', 'Doctor', 'Chef'], education: ['PhD', 'MBA', 'BCA'], location: ['Kochi', 'Idukki', 'Goa'] }
const REST = { language: ['Hindi', 'Tamil'], marital: ['Single', 'Divorced'], religion: ['Hindu', 'Jain'], caste: ['Nair', 'Jat'] }

/** Birth dates that lie around the birthdays that count: the day itself, the day before, the day after, and leap days. */
const birthDate = (): string => `${number(1971, 2008)}-${pick(['02-27', '02-28', '03-01', '02-28', '01-01', '12-31', '07-15'])}`

const randomProfile = (id: number): Profile => ({
  id,
  gender: maybe(pick(GENDERS)),
  born: maybe(random() < 0.1 ? pick(['1988-02-29', '1996-02-29', '2004-02-29']) : birthDate()),
  height: maybe(number(140, 200)),
  weight: maybe(number(45, 110)),
  income: maybe(number(0, 20) * 100000),
  profession: maybe(pick(WORDS.profession)),
  education: maybe(pick(WORDS.education)),
  location: maybe(pick(WORDS.location)),
  language: maybe(pick(REST.language)),
  marital: maybe(pick(REST.marital)),
  religion: maybe(pick(REST.religion)),
  caste: maybe(pick(REST.caste)),
})

const randomWish = (id: number): Wish => ({
  id,
  gender: maybe(pick(GENDERS)),
  age: around(15, 60),
  height: around(140, 200),
  weight: around(45, 110),
  income: around(0, 2000000),
  profession: some(WORDS.profession),
  education: some(WORDS.education),
  location: some(WORDS.location),
  language: some(REST.language),
  marital: maybe(pick(REST.marital)),
  religion: some(REST.religion),
  caste: some(REST.caste),
})

const json = (list: string[] | null) => (list === null ? null : JSON.stringify(list))

const keepAccount = (id: number) =>
  env.DB.prepare(
    "INSERT INTO accounts (id, object_id, username, username_key, password, created_at, updated_at) VALUES (?1, printf('%024d', ?1), 'r' || ?1, 'r' || ?1, '', 0, 0)",
  ).bind(id)

const keepProfile = (p: Profile) =>
  env.DB.prepare(
    `INSERT INTO matrimony_profiles (account_id, is_listed, gender, date_of_birth, height, weight, income, profession, education, location,
      language, marital_status, religion, caste, image, created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
  ).bind(
    ...[p.id, p.gender ?? '', p.born, p.height, p.weight, p.income, p.profession, p.education],
    ...[p.location, p.language, p.marital, p.religion, p.caste, `r${p.id}`],
  )

const keepWish = (w: Wish) =>
  env.DB.prepare(
    `INSERT INTO match_preferences (account_id, gender, age_min, age_max, height_min, height_max, weight_min, weight_max, income_min, income_max,
      profession, education, location, language, marital_status, religion, caste, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)`,
  ).bind(
    ...[w.id, w.gender, w.age?.[0] ?? null, w.age?.[1] ?? null, w.height?.[0] ?? null, w.height?.[1] ?? null],
    ...[w.weight?.[0] ?? null, w.weight?.[1] ?? null, w.income?.[0] ?? null, w.income?.[1] ?? null],
    ...[json(w.profession), json(w.education), json(w.location), json(w.language), w.marital, json(w.religion), json(w.caste)],
  )

describe('the score', () => {
  test('of 10,000 random pairs is what an independent implementation errorResponse, and the list is the best of them', async () => {
    const people = Array.from({ length: 101 }, (_, index) => 1000 + index)
    const profiles = people.map(randomProfile)
    const wishes = people.map(randomWish)
    await env.DB.batch(people.map(keepAccount))
    await env.DB.batch([...profiles.map(keepProfile), ...wishes.map(keepWish)])
    let pairs = 0
    const distinct = new Set<number>()
    for (const wish of wishes) {
      for (const matchLists of [false, true]) {
        const expected = profiles
          .filter(({ id }) => id !== wish.id)
          .map((profile) => ({ id: profile.id, score: independent(wish, profile, matchLists) }))
        const found = await findMatches(store, wish.id, { ...HOW, matchLists })
        const scored = new Map(found?.map(({ accountId, score }) => [accountId, score]))
        for (const { id, score } of expected) {
          expect(scored.get(id)).toBe(score > 0 ? score : undefined)
          distinct.add(score)
          if (!matchLists) pairs++
        }
        const scores = found?.map(({ score }) => score) ?? []
        expect(scores).toEqual([...scores].sort((a, b) => b - a))
        expect(found?.every(({ score, status }) => status === (score >= 70 ? 'accepted' : 'pending'))).toBe(true)
        const best = await findMatches(store, wish.id, { ...HOW, matchLists, limit: 5 })
        expect(best?.map(({ score }) => score)).toEqual(scores.slice(0, 5))
      }
    }
    expect(pairs).toBeGreaterThanOrEqual(10_000)
    expect(distinct.size).toBeGreaterThan(50)
  })

  test('of a pair is the same expression', async () => {
    const one: Wish = { ...randomWish(2000), gender: 'Female' }
    const others = Array.from(
      { length: 30 },
      (_, index): Profile => ({ ...randomProfile(2001 + index), gender: pick(['Female', 'Male', null]) }),
    )
    await env.DB.batch([one.id, ...others.map(({ id }) => id)].map(keepAccount))
    await env.DB.batch([
      keepProfile(randomProfile(2000)),
      keepWish(one),
      ...others.flatMap((other) => [keepProfile(other), keepWish(randomWish(other.id))]),
    ])
    for (const other of others) {
      const pair = await scorePair(store, { user1: one.id, user2: other.id }, { matchLists: false, today: TODAY, now: 1 })
      expect(pair.score).toBe(independent(one, other, false))
      const kept = await env.DB.prepare('SELECT score, status FROM matches WHERE user1_id = ? AND user2_id = ?')
        .bind(one.id, other.id)
        .first()
      expect(kept).toEqual({ score: pair.score, status: pair.status })
    }
  })
})

test('a perfect pair reaches 100 where the lists count, and the documented number where they do not', async () => {
  const [one, other] = await Promise.all([person(), person()])
  for (const someone of [one, other]) {
    await profileOf(someone)
    await wishOf(someone)
  }
  const pair = { user1: one.id, user2: other.id }
  const how = { today: TODAY, now: 1 }
  expect(await scorePair(store, pair, { ...how, matchLists: true })).toMatchObject({ score: 100, status: 'accepted' })
  expect(await scorePair(store, pair, { ...how, matchLists: false })).toMatchObject({ score: 88.33333333333333, status: 'accepted' })
})

describe('the cost', () => {
  test('of all matches is one covering index, and a heap of as many rows as are asked for', async () => {
    const steps = await explain((given) => findMatches(given, 1, { ...HOW, limit: 100 }))
    const profiles = steps.filter((step) => /matrimony_profiles|\bc\b/.test(step))
    expect(profiles.filter((step) => !step.includes('PRIMARY KEY')).sort()).toEqual([
      'SEARCH c USING COVERING INDEX matrimony_profiles_to_match (gender=? AND date_of_birth>? AND date_of_birth<?)',
      'SEARCH c USING COVERING INDEX matrimony_profiles_to_match (gender=?)',
    ])
    const made = ['wish', 'apart', 'perfect', 'scored', 'CONSTANT', 'json_each', 'wanted', 'short']
    expect(costly(steps, ...made)).toEqual(['USE TEMP B-TREE FOR ORDER BY'])
    expect(costly(await explain((given) => scorePair(given, { user1: 1, user2: 2 }, { ...HOW, now: 1 })), ...made)).toEqual([])
  })

  test('among 100,000 profiles is well under a second, and what is not matched by enough is scored to the end', async () => {
    const [half, picky] = await Promise.all([person(), person()])
    await crowd(100_001, 200_000)
    const blank = randomProfile(half.id)
    const wide: Wish = {
      id: half.id,
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
    const narrow: Wish = {
      ...wide,
      id: picky.id,
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
    await env.DB.batch([keepProfile(blank), keepProfile({ ...blank, id: picky.id }), keepWish(wide), keepWish(narrow)])
    for (const { id } of [half, picky]) {
      const before = Date.now()
      const found = await findMatches(store, id, { ...HOW, limit: 100 })
      const took = Date.now() - before
      console.log(`100,000 profiles: ${took} ms, best ${found?.[0]?.score}, last ${found?.at(-1)?.score}`)
      expect(found?.length).toBe(100)
      expect(took).toBeLessThan(1000)
    }
    const all = await findMatches(store, half.id, { ...HOW, limit: 100 })
    expect(new Set(all?.map(({ score }) => score)).size).toBe(1)
    const ten = await findMatches(store, picky.id, { ...HOW, limit: 10 })
    const many = await findMatches(store, picky.id, { ...HOW, limit: 1000 })
    expect(ten?.map(({ score }) => score)).toEqual(many?.slice(0, 10).map(({ score }) => score))
  })
})
