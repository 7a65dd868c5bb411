import { SECOND } from './time.ts'

/** A 24-digit hexadecimal id, as the meetups contract requires. */
export type ObjectId = string

export const OBJECT_ID = /^[0-9a-f]{24}$/

export const isObjectId = (text: string): boolean => OBJECT_ID.test(text)

/** The counter of an object id has three bytes. */
export const OBJECT_ID_COUNTERS = 0x1000000

/**
 * 4 bytes of seconds, 5 random bytes, a 3-byte counter. Ids sort by the second of their creation, and ids with the same
 * random bytes by the counter. So a list that is sorted by id is sorted by age.
 */
export const objectIdOf = (now: number, { random, counter }: { readonly random: string; readonly counter: number }): ObjectId =>
  Math.floor(now / SECOND)
    .toString(16)
    .padStart(8, '0') +
  random +
  counter.toString(16).padStart(6, '0')
