import { bytesOf, hmacBlock, paddedMessage, saltOfBlock, wordsOf } from './big-endian.ts'
import type { CooperativeTask } from './fair-lock.ts'
import type { Pbkdf2Input } from './pbkdf2.ts'

/** About two milliseconds. In production the clock does not advance during a computation, so it is a number. */
const ITERATIONS_PER_STEP = 4_000

const BLOCK_BYTES = 64
const HASH_BYTES = 20

/** FIPS 180-4, 5.3.1. */
const INITIAL_STATE = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]

/**
 * The first block of PBKDF2-HMAC-SHA1 in steps: 20 bytes. It needs 0.5 s of CPU time for a million iterations, little enough
 * for hashes that are as rare as these: no WASM module is needed.
 */
export function* pbkdf2Sha1({ password, salt, iterations }: Pbkdf2Input): CooperativeTask<Uint8Array> {
  const key = password.length > BLOCK_BYTES ? bytesOf(absorb(Int32Array.from(INITIAL_STATE), password, 0)) : password
  const [inner, outer] = [stateAfter(key, 0x36), stateAfter(key, 0x5c)]
  const innerHash = absorb(Int32Array.from(inner), saltOfBlock(salt, 1), BLOCK_BYTES)
  const u = absorb(Int32Array.from(outer), bytesOf(innerHash), BLOCK_BYTES)
  const result = Int32Array.from(u)
  // In every HMAC but the first, the message is one hash: the same padding follows it.
  const block = wordsOf(paddedMessage(new Uint8Array(HASH_BYTES), BLOCK_BYTES))
  const state = Int32Array.from(inner)
  for (let done = 1; done < iterations; done++) {
    block.set(u)
    state.set(inner)
    compress(state, block)
    block.set(state)
    u.set(outer)
    compress(u, block)
    for (let index = 0; index < u.length; index++) result[index] = (result[index] ?? 0) ^ (u[index] ?? 0)
    if (done % ITERATIONS_PER_STEP === 0) yield
  }
  return bytesOf(result)
}

/** The state of SHA-1 after HMAC's key. */
const stateAfter = (key: Uint8Array, pad: 0x36 | 0x5c): Int32Array => {
  const state = Int32Array.from(INITIAL_STATE)
  compress(state, wordsOf(hmacBlock(key, pad)))
  return state
}

/** Changes the state by the rest of a message, of which `bytesBefore` have been processed. */
const absorb = (state: Int32Array, message: Uint8Array, bytesBefore: number): Int32Array => {
  const bytes = paddedMessage(message, bytesBefore)
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) compress(state, wordsOf(bytes.subarray(at, at + BLOCK_BYTES)))
  return state
}

const schedule = new Int32Array(80)
const scheduled = (index: number): number => schedule[index] ?? 0
const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

/** FIPS 180-4, 6.1.2. Four loops with the same end, because one loop that chooses the function takes three times as long. */
const compress = (state: Int32Array, block: Int32Array): void => {
  schedule.set(block)
  for (let index = 16; index < 80; index++)
    schedule[index] = rotate(scheduled(index - 3) ^ scheduled(index - 8) ^ scheduled(index - 14) ^ scheduled(index - 16), 1)
  // Read one by one: destructuring a typed array takes as long as all rounds.
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let sum = 0
  let index = 0
  for (; index < 20; index++) {
    sum = (rotate(a, 5) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + scheduled(index)) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = sum
  }
  for (; index < 40; index++) {
    sum = (rotate(a, 5) + (b ^ c ^ d) + e + 0x6ed9eba1 + scheduled(index)) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = sum
  }
  for (; index < 60; index++) {
    sum = (rotate(a, 5) + ((b & c) | (d & (b | c))) + e + 0x8f1bbcdc + scheduled(index)) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = sum
  }
  for (; index < 80; index++) {
    sum = (rotate(a, 5) + (b ^ c ^ d) + e + 0xca62c1d6 + scheduled(index)) | 0
    e = d
    d = c
    c = rotate(b, 30)
    b = a
    a = sum
  }
  state[0] = (state[0] ?? 0) + a
  state[1] = (state[1] ?? 0) + b
  state[2] = (state[2] ?? 0) + c
  state[3] = (state[3] ?? 0) + d
  state[4] = (state[4] ?? 0) + e
}
