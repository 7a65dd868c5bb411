import { type AcceptedPassword, isAcceptable, passwordProblems } from '../../domain/accounts/password-rules.ts'
import { findTakenFields } from '../../domain/accounts/register.ts'
import type { Context } from '../../domain/context.ts'
import { isUsername, type UniqueField, USERNAME_MAX } from '../../model/account.ts'
import { PASSWORD_MAX, PASSWORD_MIN, type PasswordProblem, type PasswordRules } from '../../model/password.ts'
import type { FieldErrors } from './field-errors.ts'
import { type FieldInfo, field, readText, text } from './fields.ts'

/** The fields of every contract's registration, with Django's texts. */

export const USERNAME_INVALID = 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'

export const username = ({ max = USERNAME_MAX, ...info }: FieldInfo & { max?: number } = {}) =>
  text({ max, rule: (input) => (isUsername(input) ? null : USERNAME_INVALID), ...info })

const PASSWORD_TEXTS: Readonly<Record<PasswordProblem, string>> = {
  'too-short': `This password is too short. It must contain at least ${PASSWORD_MIN} characters.`,
  'too-long': `Ensure this field has no more than ${PASSWORD_MAX} characters.`,
  'too-common': 'This password is too common.',
  'entirely-numeric': 'This password is entirely numeric.',
}

export const passwordTexts = (password: string, rules: PasswordRules): string[] =>
  passwordProblems(password, rules).map((problem) => PASSWORD_TEXTS[problem])

/** A new password. It has to follow the rules, and is used exactly as it was sent. */
export const newPassword = (rules: PasswordRules, info: FieldInfo = {}) =>
  field<AcceptedPassword>(
    { type: 'string', format: 'password', minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX, ...info },
    (value, reject) => {
      const input = readText(value, reject, { exact: true })
      return isAcceptable(input, rules) ? input : reject(...passwordTexts(input, rules))
    },
  )

/** The current password. It may have been chosen under other rules. */
export const knownPassword = (info: FieldInfo = {}) => text({ max: 1024, exact: true, format: 'password', ...info })

export const TAKEN_MESSAGES: Readonly<Record<UniqueField, string>> = {
  username: 'A user with that username already exists.',
  email: 'A user with this email already exists.',
  phone_number: 'A user with this phone number already exists.',
}

export const takenErrors = (taken: readonly UniqueField[], texts = TAKEN_MESSAGES): FieldErrors =>
  Object.fromEntries(taken.map((name) => [name, [texts[name]]]))

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** For `bodyOptions.additionalErrors`: reports taken names together with the other errors of a rejected body. */
export const takenFieldErrors = async (context: Context, valid: Readonly<Record<string, unknown>>): Promise<FieldErrors> => {
  const [username, email] = [textOrNothing(valid.username), textOrNothing(valid.email)]
  return username === undefined && email === undefined ? {} : takenErrors(await findTakenFields(context, { username, email }))
}
