import { type NumberedContract, renumber } from '../model/contract-numbers.ts'
import type { Context } from './context.ts'

type NumbersContext = Pick<Context, 'settings'>

/**
 * The number in a contract of an account's id, and the account's id of a number in the contract. Dialects call it wherever a
 * request or a response has the id of an account; below them, ids are those of the table `accounts`.
 */
export const numberIn =
  (contract: NumberedContract) =>
  ({ settings }: NumbersContext, id: number): number =>
    renumber(settings.numbers[contract], id)
