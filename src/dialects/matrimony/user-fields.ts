import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { pythonName } from '../../http/field-errors.ts'
import { field, readText, text } from '../../http/fields.ts'

/** The fields of this contract's accounts that no other contract has. */

/** A number that the world's numbering plans know, in E.164. A blank one is none. */
export const phoneNumber = () =>
  field<string | null>({ type: 'string', maxLength: 16, example: '+919023459789', description: 'E.164; unique.' }, (value, refuse) => {
    const given = readText(value, refuse, { blank: true })
    if (given === '') return null
    const parsed = given.startsWith('+') ? parsePhoneNumberFromString(given) : undefined
    return parsed?.isValid() ? parsed.number : refuse('Enter a valid phone number.')
  })

export const ROLES = ['user', 'admin', 'suspended'] as const
export type Role = (typeof ROLES)[number]

export const role = () =>
  field<Role>({ type: 'string', enum: [...ROLES], example: 'user' }, (value, refuse) => {
    const given = ROLES.find((known) => known === value)
    return given ?? refuse('Select a valid choice. That choice is not one of the available options.')
  })

/** The id of a subscription plan, as Django's related fields read one: a blank, which is how a form says null, is none. */
export const planId = () =>
  field<number | null>({ type: 'integer', minimum: 1, example: 4 }, (value, refuse) => {
    if (value === '') return null
    const given = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value
    if (typeof given === 'number' && Number.isSafeInteger(given)) return given
    return refuse(`Incorrect type. Expected pk value, received ${pythonName(value)}.`)
  })

export const name = (example: string) => text({ max: 50, example })
