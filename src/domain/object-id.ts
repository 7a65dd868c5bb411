import { hex } from '../model/hex.ts'
import { OBJECT_ID_COUNTERS, type ObjectId, objectIdOf } from '../model/object-id.ts'

let isolateId = '' // Random per isolate. Generated lazily, because the platform has no randomness before the first request.
let counter = 0

/** Ids of one isolate also sort by the order of their creation. */
export const newObjectId = (now: number): ObjectId => {
  if (isolateId === '') {
    isolateId = hex(crypto.getRandomValues(new Uint8Array(5)))
    counter = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  }
  counter = (counter + 1) % OBJECT_ID_COUNTERS
  return objectIdOf(now, { random: isolateId, counter })
}

/** 32 random hexadecimal digits: the id of a credential. */
export const newTokenId = (): string => hex(crypto.getRandomValues(new Uint8Array(16)))
