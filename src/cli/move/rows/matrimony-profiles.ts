import { MATCH_STATUSES } from '../../../model/matching.ts'
import { picturePath } from '../../../model/picture.ts'
import { matching, matrimonyProfile, preference } from '../models/matrimony.ts'
import type { Value } from '../models/values.ts'
import { targetTable } from '../target/table.ts'
import { flag, inRange, NO_ACCOUNT, optionalText, phaseOf, row, stays, textFrom } from './placing.ts'

/** matrimony: profiles, preferences and matches. */

/** What the contract takes. */
const HEIGHT = { min: 50, max: 280 }
const WEIGHT = { min: 20, max: 400 }
const INCOME = { min: 0, max: Number.MAX_SAFE_INTEGER }

const newestFirst = ({ fields }: { readonly fields: { readonly updated_on: Date } }): number => -fields.updated_on.getTime()

const profiles = phaseOf(matrimonyProfile, targetTable('matrimony_profiles'), {
  sort: newestFirst,
  place: async ({ keyText, fields }, around) => {
    const account = around.account(fields.user_id)
    if (account === null) return stays(NO_ACCOUNT)
    if (!around.claim('matrimony profile', `${account}`)) return stays('the account has another profile, which is newer')
    const owner = `matrimony profile ${keyText}`
    const found = fields.Profile_img === '' ? { reason: 'it names no file' } : await around.picture(fields.Profile_img, owner)
    const { name } = 'name' in found ? found : await around.placeholder(owner)
    const height = inRange('the height', fields.Height, HEIGHT)
    const weight = inRange('the weight', fields.Weight, WEIGHT)
    const income = inRange('the income', fields.Income, INCOME)
    const isHidden = !fields.is_active && around.isActive(fields.user_id)
    return row(
      `${account}`,
      {
        account_id: account,
        is_listed: flag(fields.is_active && around.isActive(fields.user_id)),
        gender: textFrom(fields.Gender),
        date_of_birth: fields.Date_of_Birth,
        height: height.value,
        weight: weight.value,
        religion: optionalText(fields.Religion),
        caste: optionalText(fields.Caste),
        income: income.value,
        profession: optionalText(fields.Profession),
        education: optionalText(fields.Education),
        bio: textFrom(fields.Bio),
        marital_status: optionalText(fields.Marital_status),
        location: optionalText(fields.Location),
        language: optionalText(fields.Language),
        image: name,
        created_at: fields.created_on.getTime(),
        updated_at: fields.updated_on.getTime(),
      },
      {
        picture: 'name' in found ? picturePath(name) : null,
        notes: [
          'reason' in found ? `it gets a placeholder picture: ${found.reason}` : null,
          height.note,
          weight.note,
          income.note,
          isHidden ? 'it was put away: it is in no list until the account is closed and opened again' : null,
        ],
      },
    )
  },
})

interface Read<T> {
  readonly value: T
  readonly isOdd: boolean
}

const whole = (value: Value | undefined): number | null => {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** `[21, 40]`. Anything else means that every value will do. */
const rangeOf = (value: Value): Read<readonly [number, number] | null> => {
  if (value === null) return { value: null, isOdd: false }
  const [min, max] = isList(value) && value.length === 2 ? value.map(whole) : []
  const isRange = typeof min === 'number' && typeof max === 'number' && min <= max
  return { value: isRange ? [min, max] : null, isOdd: !isRange }
}

const LIST_MAX = 200

const listOf = (value: Value): Read<string | null> => {
  if (value === null) return { value: null, isOdd: false }
  const isRead = isList(value) && value.length <= LIST_MAX && value.every((item) => typeof item === 'string')
  if (!isRead) return { value: null, isOdd: true }
  const items = [...new Set(value.map((item) => textFrom(`${item}`).trim()))]
  return { value: items.length === 0 ? null : JSON.stringify(items), isOdd: false }
}

const preferences = phaseOf(preference, targetTable('match_preferences'), {
  sort: newestFirst,
  place: ({ fields }, around) => {
    const account = around.account(fields.user_id)
    if (account === null) return stays(NO_ACCOUNT)
    if (!around.claim('preference', `${account}`)) return stays('the account has another preference, which is newer')
    const ranges = {
      age: rangeOf(fields.Age),
      height: rangeOf(fields.Height),
      weight: rangeOf(fields.Weight),
      income: rangeOf(fields.Income),
    }
    const lists = {
      profession: listOf(fields.Profession),
      education: listOf(fields.Education),
      location: listOf(fields.Location),
      language: listOf(fields.Language),
      caste: listOf(fields.Caste),
      religion: listOf(fields.Religion),
    }
    const odd = Object.entries({ ...ranges, ...lists }).filter(([, { isOdd }]) => isOdd)
    return row(
      `${account}`,
      {
        account_id: account,
        ...Object.fromEntries(
          Object.entries(ranges).flatMap(([name, { value }]) => [
            [`${name}_min`, value?.[0] ?? null],
            [`${name}_max`, value?.[1] ?? null],
          ]),
        ),
        ...Object.fromEntries(Object.entries(lists).map(([name, { value }]) => [name, value])),
        gender: optionalText(fields.Gender),
        marital_status: optionalText(fields.Marital_status),
        created_at: fields.created_on.getTime(),
        updated_at: fields.updated_on.getTime(),
      },
      {
        notes: [
          ...odd.map(([name]) => `its ${name} is no range or no list: any will do`),
          fields.is_active ? null : 'it was put away, which a preference cannot be here',
        ],
      },
    )
  },
})

const isMatchStatus = (status: string): boolean => MATCH_STATUSES.some((known) => known === status)

const matchRows = phaseOf(matching, targetTable('matches', { key: ['user1_id', 'user2_id'] }), {
  sort: ({ fields: { created_on: created } }) => -created.getTime(),
  place: ({ fields }, around) => {
    const [user1, user2] = [around.account(fields.user1), around.account(fields.user2)]
    if (user1 === null || user2 === null) return stays(NO_ACCOUNT)
    if (user1 === user2) return stays('both are the same person')
    if (!around.claim('match', `${user1} ${user2}`)) return stays('the two have a newer match')
    if (fields.match_score === null) return stays('it has no score')
    if (!isMatchStatus(fields.status)) return stays('a status that the contract does not have')
    return row(`${user1} ${user2}`, {
      user1_id: user1,
      user2_id: user2,
      score: fields.match_score,
      status: fields.status,
      created_at: fields.created_on.getTime(),
      updated_at: fields.updated_on.getTime(),
    })
  },
})

export const PROFILE_PHASES = [profiles, preferences, matchRows]
