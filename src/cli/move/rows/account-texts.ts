import { USERNAME_MAX } from '../../../model/account.ts'
import type { ContractName } from '../../../model/contract.ts'

/** The names of accounts that are moved. */

/** Every request is trimmed, so a name with spaces at its ends could not be typed. */
export const typedName = (username: string): string => username.replaceAll('\u0000', '').trim()

const shortened = (name: string, suffix: string): string => [...name].slice(0, USERNAME_MAX - suffix.length).join('') + suffix

/** Names for an account whose own name another account has here: `Etan.mindharmony`, `Etan.mindharmony.2`, … */
export function* otherNames(name: string, contract: ContractName): Generator<string, never> {
  yield shortened(name, `.${contract}`)
  for (let number = 2; ; number++) yield shortened(name, `.${contract}.${number}`)
}
