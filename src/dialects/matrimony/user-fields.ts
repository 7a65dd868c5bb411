import { readPhoneNumber } from '../../domain/accounts/phone-numbers.ts'
import { field, readText, text } from '../../http/request/fields.ts'
import { readPk } from './fields.ts'

/** Account fields that only this contract has. */

/** A phone number that is valid under an international numbering plan, in E.164. Blank means null. */
export const phoneNumber = () =>
  field<string | null>({ type: 'string', maxLength: 16 }, (value, reject) => {
    const input = readText(value, reject, { blank: true })
    if (input === '') return null
    return readPhoneNumber(input) ?? reject('Enter a valid phone number.')
  })

export const ROLES = ['user', 'admin', 'suspended'] as const
export type Role = (typeof ROLES)[number]

export const role = () =>
  field<Role>({ type: 'string', enum: [...ROLES] }, (value, reject) => {
    const known = ROLES.find((option) => option === value)
    return known ?? reject('Select a valid choice. That choice is not one of the available options.')
  })

/** The id of a subscription plan. Blank means null, because a form cannot send null. */
export const planId = () =>
  field<number | null>({ type: 'integer', minimum: 1 }, (value, reject) => (value === '' ? null : readPk(value, reject)))

export const personName = () => text({ max: 50 })
