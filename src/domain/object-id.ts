import { hex } from '../model/hex.ts'

/** A 24-digit hexadecimal id, as the meetups contract requires: 4 bytes of seconds, 5 random bytes, a 3-byte counter. */
export type ObjectId = string

const OBJECT_ID = /^[0-9a-f]{24}$/

export const isObjectId = (text: string): boolean => OBJECT_ID.test(text)

let isolateId = '' // Random per isolate. Generated lazily, because the platform has no randomness before the first request.
let counter = 0

/**
 * Ids sort by the second of their creation, and ids of one isolate also by the order of their creation. So a list that is
 * sorted by id is sorted by age.
 */
export const newObjectId = (now: number): ObjectId => {
  if (isolateId === '') {
    isolateId = hex(crypto.getRandomValues(new Uint8Array(5)))
    counter = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  }
  counter = (counter + 1) & 0xffffff
  const seconds = Math.floor(now / 1000)
  return seconds.toString(16).padStart(8, '0') + isolateId + counter.toString(16).padStart(6, '0')
}

/** 32 random hexadecimal digits: the id of a credential. */
export const newTokenId = (): string => hex(crypto.getRandomValues(new Uint8Array(16)))
