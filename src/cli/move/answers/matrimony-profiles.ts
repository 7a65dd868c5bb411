import { matrimonyProfile, preference } from '../models/matrimony.ts'
import type { Value } from '../models/values.ts'
import {
  type ContractAnswers,
  numberWithin,
  pictureQuestion,
  type Question,
  question,
  shownText,
  textOrNull,
  urlOf,
  wireTime,
} from './contract.ts'
import type { Facts, Person, SourceFields } from './facts.ts'

/** matrimony: the profile and the preference of a member. */

export const COLLECT_PROFILES: ContractAnswers['collect'] = {
  [matrimonyProfile.name]: ({ record: { keyText, fields }, placement }, facts) => {
    const image = placement.type === 'row' ? `/media/profile_img/${placement.values.image}` : ''
    facts.add('profile', keyText, fields.user_id, { ...fields, image })
  },
  [preference.name]: ({ record: { keyText, fields } }, facts) => facts.add('preference', keyText, fields.user_id, fields),
}

/** In whole years, today. */
const ageOf = (born: string): number => {
  const today = new Date().toISOString()
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4))
  return today.slice(5, 10) >= born.slice(5) ? years : years - 1
}

const profileBody = ({ number }: Person, fields: SourceFields) => {
  const born = textOrNull(fields.Date_of_Birth)
  const path = shownText(fields.image)
  return {
    id: number,
    Profile_img_url: urlOf(path),
    Gender: textOrNull(fields.Gender),
    Date_of_Birth: born,
    Age: born === null ? null : ageOf(born),
    Height: numberWithin(fields.Height, 50, 280),
    Weight: numberWithin(fields.Weight, 20, 400),
    Religion: textOrNull(fields.Religion),
    Caste: textOrNull(fields.Caste),
    Income: numberWithin(fields.Income, 0, Number.MAX_SAFE_INTEGER),
    Profession: textOrNull(fields.Profession),
    Education: textOrNull(fields.Education),
    Bio: shownText(fields.Bio),
    Marital_status: textOrNull(fields.Marital_status),
    Location: textOrNull(fields.Location),
    Language: textOrNull(fields.Language),
    Profile_img: path,
    created_on: wireTime(fields.created_on),
    updated_on: wireTime(fields.updated_on),
    user_id: number,
  }
}

const PROFILE = '/profile/byid/'

export const profileQuestions = (person: Person, facts: Facts): Question[] => {
  const [profile] = facts.of(person, 'profile')
  if (!profile) return [question(PROFILE, { message: 'Profile not found' }, { status: 404 })]
  return [question(PROFILE, profileBody(person, profile.fields)), pictureQuestion(shownText(profile.fields.image))]
}

const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)

const boundOf = (value: Value | undefined): number | null => {
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

const rangeOf = (value: Value | undefined): number[] | null => {
  const [min = null, max = null] = isList(value) && value.length === 2 ? value.map(boundOf) : []
  return min !== null && max !== null && min <= max ? [min, max] : null
}

const LONGEST_LIST = 200

/** Each value once. Anything else than a list of texts means that every value will do. */
const listOf = (value: Value | undefined): string[] => {
  if (!isList(value) || value.length > LONGEST_LIST || value.some((item) => typeof item !== 'string')) return []
  return [...new Set(value.map((item) => shownText(item).trim()))]
}

const preferenceBody = ({ number }: Person, fields: SourceFields) => ({
  id: number,
  Age: rangeOf(fields.Age),
  Height: rangeOf(fields.Height),
  Weight: rangeOf(fields.Weight),
  Income: rangeOf(fields.Income),
  Profession: listOf(fields.Profession),
  Education: listOf(fields.Education),
  Location: listOf(fields.Location),
  Language: listOf(fields.Language),
  Caste: listOf(fields.Caste),
  Religion: listOf(fields.Religion),
  Gender: textOrNull(fields.Gender),
  Marital_status: textOrNull(fields.Marital_status),
  created_on: wireTime(fields.created_on),
  updated_on: wireTime(fields.updated_on),
  user_id: number,
})

const PREFERENCE = '/preference/preferencebyId/'

export const preferenceQuestion = (person: Person, facts: Facts): Question => {
  const [found] = facts.of(person, 'preference')
  return found
    ? question(PREFERENCE, preferenceBody(person, found.fields))
    : question(PREFERENCE, { message: 'preference not found' }, { status: 404 })
}
