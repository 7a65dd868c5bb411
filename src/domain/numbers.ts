import { type NumberedContract, renumber } from '../model/contract-numbers.ts'
import type { Context } from './context.ts'

type NumbersContext = Pick<Context, 'settings'>

/**
 * Maps the id of an account to its number in a contract, and the number to the id. Dialects call it wherever a
 * request or a response has the id of an account; below them, ids are those of the table `accounts`.
 */
export const numberIn =
  (contract: NumberedContract) =>
  ({ settings }: NumbersContext, id: number): number =>
    renumber(settings.numbers[contract], id)
