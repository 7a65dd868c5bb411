import type { ScryptCost } from '../model/password.ts'
import type { CooperativeTask } from './fair-lock.ts'
import type { Pbkdf2 } from './pbkdf2.ts'

/** The inputs of RFC 7914: the parameters N, r and p, and the texts. */
export interface ScryptInput extends ScryptCost {
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly length: number
}

/** In words of 32 bits: what one call of Salsa20/8 changes. */
const CHUNK = 16
/** About two milliseconds at r = 8. In production the clock does not advance during a computation, so it is a number. */
const WORDS_PER_STEP = 64 * 1024

/**
 * scrypt (RFC 7914) in steps. The platform's own function computes it without a pause, a third of a second with Django's
 * parameters, and would block the isolate for all other requests.
 */
export function* scrypt(pbkdf2: Pbkdf2, { cost, blockSize, lanes, password, salt, length }: ScryptInput): CooperativeTask<Uint8Array> {
  const words = 2 * CHUNK * blockSize
  const state = yield* derive(pbkdf2, password, salt, 4 * words * lanes)
  // Salsa20 reads bytes as little-endian words, which is the order of every machine that the platform runs on.
  const mixed = new Int32Array(state.buffer)
  const table = new Int32Array(words * cost)
  const mixer = createMixer(words)
  const stepsBetweenPauses = Math.max(1, Math.floor(WORDS_PER_STEP / words))
  for (let lane = 0; lane < lanes; lane++) {
    const block = mixed.subarray(lane * words, (lane + 1) * words)
    for (let index = 0; index < cost; index++) {
      table.set(block, index * words)
      mixer(block)
      if (index % stepsBetweenPauses === 0) yield
    }
    for (let index = 0; index < cost; index++) {
      const from = ((block[words - CHUNK] ?? 0) & (cost - 1)) * words
      for (let word = 0; word < words; word++) block[word] = (block[word] ?? 0) ^ (table[from + word] ?? 0)
      mixer(block)
      if (index % stepsBetweenPauses === 0) yield
    }
  }
  return yield* derive(pbkdf2, password, state, length)
}

/** PBKDF2 with one iteration, as long as it has to be. */
function* derive(pbkdf2: Pbkdf2, password: Uint8Array, salt: Uint8Array, length: number): CooperativeTask<Uint8Array> {
  const derived = new Uint8Array(length)
  for (let at = 0, block = 1; at < length; at += 32, block++) {
    const hash = yield* pbkdf2({ password, salt, iterations: 1, block })
    derived.set(hash.subarray(0, length - at), at)
  }
  return derived
}

/** scryptBlockMix (RFC 7914, 4). */
const createMixer = (words: number) => {
  const chunk = new Int32Array(CHUNK)
  const result = new Int32Array(words)
  return (block: Int32Array): void => {
    chunk.set(block.subarray(words - CHUNK))
    for (let at = 0, isOdd = 0; at < words; at += CHUNK, isOdd ^= 1) {
      for (let word = 0; word < CHUNK; word++) chunk[word] = (chunk[word] ?? 0) ^ (block[at + word] ?? 0)
      salsa8(chunk)
      // The chunks at even places come first, then those at odd places.
      result.set(chunk, (at - isOdd * CHUNK + isOdd * words) / 2)
    }
    block.set(result)
  }
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits))

/** The Salsa20/8 core (RFC 7914, 3). Variables instead of an array, which takes twice as long; read one by one, because destructuring is slow. */
const salsa8 = (chunk: Int32Array): void => {
  let a = chunk[0] ?? 0
  let b = chunk[1] ?? 0
  let c = chunk[2] ?? 0
  let d = chunk[3] ?? 0
  let e = chunk[4] ?? 0
  let f = chunk[5] ?? 0
  let g = chunk[6] ?? 0
  let h = chunk[7] ?? 0
  let i = chunk[8] ?? 0
  let j = chunk[9] ?? 0
  let k = chunk[10] ?? 0
  let l = chunk[11] ?? 0
  let m = chunk[12] ?? 0
  let n = chunk[13] ?? 0
  let o = chunk[14] ?? 0
  let p = chunk[15] ?? 0
  for (let doubleRound = 0; doubleRound < 4; doubleRound++) {
    e ^= rotate(a + m, 7)
    i ^= rotate(e + a, 9)
    m ^= rotate(i + e, 13)
    a ^= rotate(m + i, 18)
    j ^= rotate(f + b, 7)
    n ^= rotate(j + f, 9)
    b ^= rotate(n + j, 13)
    f ^= rotate(b + n, 18)
    o ^= rotate(k + g, 7)
    c ^= rotate(o + k, 9)
    g ^= rotate(c + o, 13)
    k ^= rotate(g + c, 18)
    d ^= rotate(p + l, 7)
    h ^= rotate(d + p, 9)
    l ^= rotate(h + d, 13)
    p ^= rotate(l + h, 18)
    b ^= rotate(a + d, 7)
    c ^= rotate(b + a, 9)
    d ^= rotate(c + b, 13)
    a ^= rotate(d + c, 18)
    g ^= rotate(f + e, 7)
    h ^= rotate(g + f, 9)
    e ^= rotate(h + g, 13)
    f ^= rotate(e + h, 18)
    l ^= rotate(k + j, 7)
    i ^= rotate(l + k, 9)
    j ^= rotate(i + l, 13)
    k ^= rotate(j + i, 18)
    m ^= rotate(p + o, 7)
    n ^= rotate(m + p, 9)
    o ^= rotate(n + m, 13)
    p ^= rotate(o + n, 18)
  }
  chunk[0] = (chunk[0] ?? 0) + a
  chunk[1] = (chunk[1] ?? 0) + b
  chunk[2] = (chunk[2] ?? 0) + c
  chunk[3] = (chunk[3] ?? 0) + d
  chunk[4] = (chunk[4] ?? 0) + e
  chunk[5] = (chunk[5] ?? 0) + f
  chunk[6] = (chunk[6] ?? 0) + g
  chunk[7] = (chunk[7] ?? 0) + h
  chunk[8] = (chunk[8] ?? 0) + i
  chunk[9] = (chunk[9] ?? 0) + j
  chunk[10] = (chunk[10] ?? 0) + k
  chunk[11] = (chunk[11] ?? 0) + l
  chunk[12] = (chunk[12] ?? 0) + m
  chunk[13] = (chunk[13] ?? 0) + n
  chunk[14] = (chunk[14] ?? 0) + o
  chunk[15] = (chunk[15] ?? 0) + p
}
