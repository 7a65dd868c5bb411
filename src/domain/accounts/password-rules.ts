import { type PasswordProblem, type PasswordRules, problemsOf } from '../../model/password.ts'
import { isCommon } from './common-passwords.ts'

declare const accepted: unique symbol
/** A password that has passed the rules. Only this type can be set for an account. */
export type AcceptedPassword = string & { readonly [accepted]: true }

export const passwordProblems = (password: string, rules: PasswordRules): PasswordProblem[] =>
  problemsOf(password, { isCommon: rules === 'strict' && isCommon(password) })

export const isAcceptable = (password: string, rules: PasswordRules): password is AcceptedPassword =>
  passwordProblems(password, rules).length === 0
