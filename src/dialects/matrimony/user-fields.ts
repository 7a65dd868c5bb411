import { readPhoneNumber } from '../../domain/accounts/phone-numbers.ts'
import { field, readText, text } from '../../http/fields.ts'
import { readPk } from './fields.ts'

/** The fields of this contract's accounts that no other contract has. */

/** A number that the world's numbering plans know, in E.164. A blank one is none. */
export const phoneNumber = () =>
  field<string | null>({ type: 'string', maxLength: 16, example: '+919023459789', description: 'E.164; unique.' }, (value, refuse) => {
    const given = readText(value, refuse, { blank: true })
    if (given === '') return null
    return readPhoneNumber(given) ?? refuse('Enter a valid phone number.')
  })

export const ROLES = ['user', 'admin', 'suspended'] as const
export type Role = (typeof ROLES)[number]

export const role = () =>
  field<Role>({ type: 'string', enum: [...ROLES], example: 'user' }, (value, refuse) => {
    const given = ROLES.find((known) => known === value)
    return given ?? refuse('Select a valid choice. That choice is not one of the available options.')
  })

/** The id of a subscription plan; a blank, which is how a form errorResponse null, is none. */
export const planId = () =>
  field<number | null>({ type: 'integer', minimum: 1, example: 4 }, (value, refuse) => (value === '' ? null : readPk(value, refuse)))

export const name = (example: string) => text({ max: 50, example })
