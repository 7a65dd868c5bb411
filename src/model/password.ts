import { SECOND } from './time.ts'

export type PasswordProblem = 'too-short' | 'too-long' | 'too-common' | 'entirely-numeric'

/** `strict` checks all rules. `basic` accepts common passwords, for the contracts whose own examples use one. */
export type PasswordRules = 'strict' | 'basic'

/** In characters. */
export const PASSWORD_MIN = 8
export const PASSWORD_MAX = 128

/** When a request should be repeated that was rejected because too many passwords wait for their hash. */
export const HASHING_RETRY_MS = 10 * SECOND

export const problemsOf = (password: string, { isCommon }: { readonly isCommon: boolean }): PasswordProblem[] => {
  const problems: PasswordProblem[] = []
  const length = [...password].length
  if (length > PASSWORD_MAX) problems.push('too-long')
  if (length < PASSWORD_MIN) problems.push('too-short')
  if (isCommon) problems.push('too-common')
  if (/^\p{Nd}+$/u.test(password)) problems.push('entirely-numeric')
  return problems
}
