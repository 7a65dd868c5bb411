import { isUsername, USERNAME_MAX } from '../domain/accounts/names.ts'
import {
  type AcceptedPassword,
  isAcceptable,
  PASSWORD_MAX,
  PASSWORD_MIN,
  type PasswordProblem,
  type PasswordRules,
  passwordProblems,
} from '../domain/accounts/password-rules.ts'
import { findTakenFields, type UniqueField } from '../domain/accounts/register.ts'
import type { Context } from '../domain/context.ts'
import type { FieldErrors } from './field-errors.ts'
import { type About, field, readText, text } from './fields.ts'

/** The fields that every contract's registration has, and what Django errorResponse of them. */

export const USERNAME_INVALID = 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'

export const username = ({ max = USERNAME_MAX, ...about }: About & { max?: number } = {}) =>
  text({ max, rule: (given) => (isUsername(given) ? null : USERNAME_INVALID), ...about })

const PASSWORD_TEXTS: Readonly<Record<PasswordProblem, string>> = {
  'too-short': `This password is too short. It must contain at least ${PASSWORD_MIN} characters.`,
  'too-long': `Ensure this field has no more than ${PASSWORD_MAX} characters.`,
  'too-common': 'This password is too common.',
  'entirely-numeric': 'This password is entirely numeric.',
}

export const passwordTexts = (password: string, rules: PasswordRules): string[] =>
  passwordProblems(password, rules).map((problem) => PASSWORD_TEXTS[problem])

/** A password that somebody chooses: it has to follow the rules. */
export const newPassword = (rules: PasswordRules, about: About = {}) =>
  field<AcceptedPassword>(
    { type: 'string', format: 'password', minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX, ...about },
    (value, refuse) => {
      const given = readText(value, refuse)
      return isAcceptable(given, rules) ? given : refuse(...passwordTexts(given, rules))
    },
  )

/** A password that somebody remembers: it was chosen long ago, under whatever rules there were. */
export const knownPassword = (about: About = {}) => text({ max: 1024, format: 'password', ...about })

export const TAKEN_MESSAGES: Readonly<Record<UniqueField, string>> = {
  username: 'A user with that username already exists.',
  email: 'A user with this email already exists.',
  phone_number: 'A user with this phone number already exists.',
}

export const takenErrors = (taken: readonly UniqueField[], texts = TAKEN_MESSAGES): FieldErrors =>
  Object.fromEntries(taken.map((name) => [name, [texts[name]]]))

const wanted = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** For `body(…, { also })`: when something is refused anyway, its taken names are told in the same breath. */
export const alsoTaken = async (context: Context, sound: Readonly<Record<string, unknown>>): Promise<FieldErrors> => {
  const [username, email] = [wanted(sound.username), wanted(sound.email)]
  return username === undefined && email === undefined ? {} : takenErrors(await findTakenFields(context, { username, email }))
}
