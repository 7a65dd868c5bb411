/** A 24-digit id as the meetups client knows them: 4 bytes of seconds, 5 random ones, 3 that count up. */
export type ObjectId = string

const SHAPE = /^[0-9a-f]{24}$/

export const isObjectId = (text: string): boolean => SHAPE.test(text)

let process = '' // random per isolate, and drawn late: the platform has no randomness before the first request
let counter = 0

/**
 * Ids sort by the second they were made in, and those of one isolate by the order they were made in as well, so that a
 * list by id is a list by age.
 */
export const newObjectId = (now: number): ObjectId => {
  if (process === '') {
    process = hex(crypto.getRandomValues(new Uint8Array(5)))
    counter = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  }
  counter = (counter + 1) & 0xffffff
  const seconds = Math.floor(now / 1000)
  return seconds.toString(16).padStart(8, '0') + process + counter.toString(16).padStart(6, '0')
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** 32 hexadecimal digits of randomness: the id of a credential. */
export const newTokenId = (): string => hex(crypto.getRandomValues(new Uint8Array(16)))
