import * as z from 'zod/mini'
import { field, integer, isCalendarDate, readText, text } from '../../http/request/fields.ts'
import { file } from '../../http/request/files.ts'
import type { ProfileChanges } from '../../model/matrimony-profile.ts'
import { PICTURE_MAX_BYTES } from '../../model/picture.ts'
import { blankAsNull } from './fields.ts'

const birthDate = () =>
  field<string | null>({ type: 'string', format: 'date' }, (value, reject) => {
    const text = typeof value === 'string' ? value.trim() : undefined
    if (text === '') return null
    return text !== undefined && isCalendarDate(text) ? text : reject('Invalid date format. Use YYYY-MM-DD.')
  })

/** One value of a master data list; blank means null. The database checks that the value is in the list. */
const choiceValue = () => field<string | null>({ type: 'string' }, (value, reject) => readText(value, reject, { blank: true }) || null)

const optional = <T extends z.ZodMiniType>(field: T) => z.optional(z.nullable(field))

const ProfileFields = z.object({
  Gender: optional(choiceValue()),
  Date_of_Birth: optional(birthDate()),
  Height: optional(blankAsNull(integer({ min: 50, max: 280 }))),
  Weight: optional(blankAsNull(integer({ min: 20, max: 400 }))),
  Religion: optional(choiceValue()),
  Caste: optional(choiceValue()),
  Income: optional(blankAsNull(integer({ min: 0 }))),
  Profession: optional(choiceValue()),
  Education: optional(choiceValue()),
  Bio: optional(text({ max: 500, blank: true, long: true })),
  Marital_status: optional(choiceValue()),
  Location: optional(choiceValue()),
  Language: optional(choiceValue()),
})

const picture = () => file(PICTURE_MAX_BYTES, {})

export const NewProfile = z.object({ Profile_img: picture(), ...ProfileFields.shape })
export const ProfileUpdate = z.object({ Profile_img: z.optional(picture()), ...ProfileFields.shape })

export const changesFrom = (input: z.output<typeof ProfileFields>): ProfileChanges => ({
  gender: input.Gender === null ? '' : input.Gender,
  dateOfBirth: input.Date_of_Birth,
  height: input.Height,
  weight: input.Weight,
  religion: input.Religion,
  caste: input.Caste,
  income: input.Income,
  profession: input.Profession,
  education: input.Education,
  bio: input.Bio === null ? '' : input.Bio,
  maritalStatus: input.Marital_status,
  location: input.Location,
  language: input.Language,
})
