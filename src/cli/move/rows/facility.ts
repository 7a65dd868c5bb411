import { FACILITY_TEXT_SIZES, FACILITY_THEMES } from '../../../model/facility.ts'
import { facility, facilityUser, laterFacilityUser } from '../models/facility.ts'
import { isOf, omittedFrom, type SourceRecord } from '../models/model.ts'
import { type AccountDetails, type AccountModel, commonDetails } from './accounts.ts'
import { flag, type Surroundings, textFrom } from './placing.ts'

/** facility: a row of an account contains the whole profile. */

/** The value if it is one of `states`; otherwise the first of them, and a note. */
const stateOf = (name: string, value: string, states: readonly [string, ...string[]], notes: string[]): string => {
  if (states.includes(value)) return value
  notes.push(`${name} is none that the contract has: it is set to ${states[0]}`)
  return states[0]
}

const [LIGHT, ...THEMES] = FACILITY_THEMES
const TEXT_SIZES = ['txt-base', ...FACILITY_TEXT_SIZES] as const

const isUuid = (key: unknown): key is string => typeof key === 'string' && key.includes('-')

interface OwnFields {
  readonly display_name: string
  readonly consent: boolean
  readonly theme: string
  readonly text_size: string
  readonly profile_picture: string | null
  readonly updated_at: Date
}

const withProfile = (common: AccountDetails, { key }: SourceRecord, fields: OwnFields, facilityId: string): AccountDetails => {
  const notes: string[] = []
  return {
    ...common,
    picture: fields.profile_picture === null ? null : textFrom(fields.profile_picture) || null,
    updatedAt: fields.updated_at.getTime(),
    companions: {
      facility_profiles: {
        display_name: textFrom(fields.display_name),
        facility_id: textFrom(facilityId),
        consent: flag(fields.consent),
        theme: stateOf('the theme', fields.theme, [LIGHT, ...THEMES], notes),
        text_size: stateOf('the text size', fields.text_size, TEXT_SIZES, notes),
        former_uuid: isUuid(key) ? key : null,
      },
    },
    notes,
  }
}

const account: AccountModel = {
  model: facilityUser,
  details: (record) => {
    if (!isOf(record, facilityUser)) throw new Error(`a record of ${record.model.name}`)
    return withProfile(commonDetails(record), record, record.fields, record.fields.facility_id)
  },
}

/** The newest version refers to the facility by the key of its row; clients use its code. */
const laterAccount: AccountModel = {
  model: laterFacilityUser,
  details: (record, around: Surroundings) => {
    if (!isOf(record, laterFacilityUser)) throw new Error(`a record of ${record.model.name}`)
    const { fields } = record
    const found = around.linked(facility, fields.facility)
    const code = found && isOf(found, facility) ? found.fields.code || found.fields.name : ''
    const details = withProfile(commonDetails(record), record, fields, code)
    return {
      ...details,
      notes: [
        ...(details.notes ?? []),
        fields.facility !== null && code === '' ? 'the facility that it names is gone: it has none' : null,
        ...omittedFrom(record),
      ],
    }
  },
}

export const FACILITY_ACCOUNTS = [laterAccount, account]
