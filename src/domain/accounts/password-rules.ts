import { isCommon } from './common-passwords.ts'

export type PasswordProblem = 'too-short' | 'too-long' | 'too-common' | 'entirely-numeric'

/** `strict` checks all rules. `basic` accepts common passwords, for the contracts whose own examples use one. */
export type PasswordRules = 'strict' | 'basic'

declare const accepted: unique symbol
/** A password that has passed the rules. Only this type can be set for an account. */
export type AcceptedPassword = string & { readonly [accepted]: true }

export const PASSWORD_MIN = 8
export const PASSWORD_MAX = 128

export const passwordProblems = (password: string, rules: PasswordRules): PasswordProblem[] => {
  const problems: PasswordProblem[] = []
  const length = [...password].length
  if (length > PASSWORD_MAX) problems.push('too-long')
  if (length < PASSWORD_MIN) problems.push('too-short')
  if (rules === 'strict' && isCommon(password)) problems.push('too-common')
  if (/^\p{Nd}+$/u.test(password)) problems.push('entirely-numeric')
  return problems
}

export const isAcceptable = (password: string, rules: PasswordRules): password is AcceptedPassword =>
  passwordProblems(password, rules).length === 0
