import { numberIn } from '../../domain/numbers.ts'

/** The id of an account in this contract, and back. */
export const numberOf = numberIn('facility')
