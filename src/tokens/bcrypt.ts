import { bytesOf, wordsOf } from './big-endian.ts'
import type { CooperativeTask } from './fair-lock.ts'

export interface BcryptInput {
  readonly password: Uint8Array
  readonly salt: Uint8Array
  /** 2 to the power of it is the number of rounds. */
  readonly cost: number
}

const SUBKEYS = 18
const WORDS = SUBKEYS + 4 * 256
const MAX_KEY_BYTES = 72
const HASH_BYTES = 23
/** About two milliseconds. In production the clock does not advance during a computation, so it is a number. */
const ROUNDS_PER_STEP = 16
const TERMS_PER_STEP = 300

const TEXT = new TextEncoder().encode('OrpheanBeholderScryDoubt')
const ENCRYPTIONS = 64

/** bcrypt (Provos and Mazières, 1999) in steps: its 23 bytes. */
export function* bcrypt({ password, salt, cost }: BcryptInput): CooperativeTask<Uint8Array> {
  initialWords ??= yield* digitsOfPi()
  const words = Int32Array.from(initialWords)
  const key = repeated(Uint8Array.of(...password.subarray(0, MAX_KEY_BYTES - 1), 0))
  const saltKey = repeated(salt)
  const noSalt = new Int32Array(4)
  expand(words, key, saltKey)
  for (let round = 1; round <= 2 ** cost; round++) {
    expand(words, key, noSalt)
    expand(words, saltKey, noSalt)
    if (round % ROUNDS_PER_STEP === 0) yield
  }
  const text = wordsOf(TEXT)
  for (let count = 0; count < ENCRYPTIONS; count++) {
    for (let at = 0; at < text.length; at += 2) encrypt(words, text.subarray(at, at + 2))
  }
  return bytesOf(text).subarray(0, HASH_BYTES)
}

let initialWords: Int32Array | undefined

/**
 * Blowfish begins with the first digits of pi: four kilobytes that do not compress. Computing them by Machin's formula takes
 * 50 ms, once in an isolate that has such a hash to check.
 */
function* digitsOfPi(): CooperativeTask<Int32Array> {
  const spare = 64n
  const one = 1n << (BigInt(32 * WORDS) + spare)
  const pi = 16n * (yield* arccotangent(one, 5n)) - 4n * (yield* arccotangent(one, 239n))
  // Without the 3 before the point.
  const digits = (pi >> spare).toString(16).slice(1)
  return Int32Array.from({ length: WORDS }, (_, index) => Number.parseInt(digits.slice(8 * index, 8 * index + 8), 16))
}

function* arccotangent(one: bigint, x: bigint): CooperativeTask<bigint> {
  let power = one / x
  let sum = power
  for (let divisor = 3n, sign = -1n; power > 0n; divisor += 2n, sign = -sign) {
    power /= x * x
    sum += (sign * power) / divisor
    if (Number(divisor) % (2 * TERMS_PER_STEP) === 1) yield
  }
  return sum
}

/** The bytes over and over, for all subkeys. */
const repeated = (bytes: Uint8Array): Int32Array =>
  wordsOf(Uint8Array.from({ length: 4 * SUBKEYS }, (_, index) => bytes[index % bytes.length] ?? 0))

/** The key schedule of bcrypt: `salt` has four words. */
const expand = (words: Int32Array, key: Int32Array, salt: Int32Array): void => {
  for (let index = 0; index < SUBKEYS; index++) words[index] = (words[index] ?? 0) ^ (key[index] ?? 0)
  const block = new Int32Array(2)
  for (let index = 0; index < WORDS; index += 2) {
    block[0] = (block[0] ?? 0) ^ (salt[index & 2] ?? 0)
    block[1] = (block[1] ?? 0) ^ (salt[(index & 2) + 1] ?? 0)
    encrypt(words, block)
    words.set(block, index)
  }
}

/** Blowfish with sixteen rounds. The words are the subkeys, and then four boxes of 256 words each. */
const encrypt = (words: Int32Array, block: Int32Array): void => {
  let left = (block[0] ?? 0) ^ (words[0] ?? 0)
  let right = block[1] ?? 0
  for (let round = 1; round < SUBKEYS - 1; round += 2) {
    right ^= mix(words, left) ^ (words[round] ?? 0)
    left ^= mix(words, right) ^ (words[round + 1] ?? 0)
  }
  block[0] = right ^ (words[SUBKEYS - 1] ?? 0)
  block[1] = left
}

const BOX = 256
const mix = (words: Int32Array, half: number): number =>
  (((words[SUBKEYS + (half >>> 24)] ?? 0) + (words[SUBKEYS + BOX + ((half >>> 16) & 255)] ?? 0)) ^
    (words[SUBKEYS + 2 * BOX + ((half >>> 8) & 255)] ?? 0)) +
  (words[SUBKEYS + 3 * BOX + (half & 255)] ?? 0)
