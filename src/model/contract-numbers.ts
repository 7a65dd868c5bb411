/**
 * The numbers by which a contract identifies people. Four of the originals number their users from 1, so their ids collide in
 * one database. An account that moved in from one of them has the id `block of the contract + former number` (`movedAccountId`),
 * and accounts that are created later have ids above all blocks (from `FIRST_ID_AFTER_MOVES` on). In that contract, the ids of the
 * block and the former numbers are swapped in every request and every response; all other numbers are unchanged. So a number of a
 * contract identifies one person only, and a former number never identifies another one. docs/adr/0019-numbers-of-a-contract.md.
 */

export type NumberedContract = 'mindharmony' | 'facility' | 'matrimony' | 'recovery'

/** All ids stay below 2^31: clients may read them as 32-bit integers. */
const BLOCK_SIZE = 2 ** 28

const BLOCKS: Readonly<Record<NumberedContract, number>> = {
  mindharmony: BLOCK_SIZE,
  facility: 2 * BLOCK_SIZE,
  matrimony: 3 * BLOCK_SIZE,
  recovery: 4 * BLOCK_SIZE,
}

/** After accounts have moved in, new accounts get ids from here on, so never a number that an original has assigned. */
export const FIRST_ID_AFTER_MOVES = 5 * BLOCK_SIZE

/** By contract: the first number that its original has not assigned. Contracts whose original has not moved in are missing. */
export type FormerIds = Readonly<Partial<Record<NumberedContract, number>>>

const isNumbered = (name: string): name is NumberedContract => Object.hasOwn(BLOCKS, name)

/** `recovery:59, facility:62`; null if it is written in another way. */
export const parseFormerIds = (list: string): FormerIds | null => {
  const former: Partial<Record<NumberedContract, number>> = {}
  for (const entry of list.split(',').filter((part) => part.trim() !== '')) {
    const [, name = '', end = ''] = /^\s*([a-z]+)\s*:\s*(\d{1,9})\s*$/.exec(entry) ?? []
    if (!isNumbered(name) || name in former || Number(end) < 1 || Number(end) > BLOCK_SIZE) return null
    former[name] = Number(end)
  }
  return former
}

/** The numbers 1 … `end` - 1 are swapped with those from `block` + 1 on. Swapping twice changes nothing. */
export interface Numbering {
  readonly block: number
  readonly end: number
}

export type ContractNumberings = Readonly<Record<NumberedContract, Numbering>>

const numberingOf = (contract: NumberedContract, former: FormerIds): Numbering => ({ block: BLOCKS[contract], end: former[contract] ?? 1 })

export const numberingsOf = (former: FormerIds): ContractNumberings => ({
  mindharmony: numberingOf('mindharmony', former),
  facility: numberingOf('facility', former),
  matrimony: numberingOf('matrimony', former),
  recovery: numberingOf('recovery', former),
})

/** Maps the id of an account to its number in the contract, and a number in the contract to the id of the account. */
export const renumber = ({ block, end }: Numbering, id: number): number => {
  if (id > 0 && id < end) return id + block
  return id > block && id < block + end ? id - block : id
}

/** The id of the account that had this number at the former server; null if the server did not assign this number. */
export const movedAccountId = ({ block, end }: Numbering, number: number): number | null =>
  Number.isInteger(number) && number > 0 && number < end ? number + block : null
