import { bytesOf, hmacBlock, paddedMessage, saltOfBlock, wordsOf } from './big-endian.ts'
import type { CooperativeTask } from './fair-lock.ts'

export interface Pbkdf2Input {
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
  /** Which block of 32 bytes to compute; the first one if absent. */
  readonly block?: number
}

/** One block of PBKDF2-HMAC-SHA256: 32 bytes. */
export type Pbkdf2 = (input: Pbkdf2Input) => CooperativeTask<Uint8Array>

export interface Sha256 {
  readonly pbkdf2: Pbkdf2
  readonly digest: (message: Uint8Array) => Uint8Array
}

/** About two milliseconds. In production the clock does not advance during a computation, so it is a number. */
const ITERATIONS_PER_STEP = 6_000

/** The memory layout: offsets in bytes. `iterate` uses the first five. */
const INNER = 0
const OUTER = 32
const U = 64
const INNER_DIGEST = 128
const T = 192
const SCRATCH = 256
const STATE = 320
const END = 352

const BLOCK_BYTES = 64
const HASH_BYTES = 32

/** FIPS 180-4, 5.3.3. */
const INITIAL_STATE = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]

/**
 * PBKDF2 (RFC 8018) with HMAC-SHA256 in steps. The platform's own (Web Crypto and node:crypto) rejects more than 100,000
 * iterations in production, and the one of @noble/hashes needs three times the CPU time. The WASM is written by
 * src/cli/pbkdf2-module.ts. There is one memory, so a hash must be finished, or abandoned for good, before the next one starts.
 */
export const createSha256 = (module: WebAssembly.Module): Sha256 => {
  let machine: Machine | undefined
  const running = (): Machine => (machine ??= createMachine(module))
  return {
    pbkdf2: function* ({ password, salt, iterations, block = 1 }) {
      const { words, iterate } = running()
      prepare(running(), password, saltOfBlock(salt, block))
      for (let remaining = iterations - 1; remaining > 0; remaining -= ITERATIONS_PER_STEP) {
        iterate(Math.min(remaining, ITERATIONS_PER_STEP))
        yield
      }
      const hash = hashAt(words, T)
      // Clear all blocks: with the states of HMAC, a password guess costs only one iteration to check.
      words.fill(0, 0, END / 4)
      return hash
    },
    digest: (message) => hashOf(running(), message),
  }
}

interface Machine {
  /** Words are in the machine's byte order. */
  readonly words: Uint32Array
  /** out = state after block */
  readonly compress: (state: number, block: number, out: number) => void
  /** Repeats `count` times: U = HMAC(U), and T = T xor U. */
  readonly iterate: (count: number) => void
}

const createMachine = (module: WebAssembly.Module): Machine => {
  const { memory, compress, iterate } = new WebAssembly.Instance(module).exports
  if (!(memory instanceof WebAssembly.Memory) || !isFunction(compress) || !isFunction(iterate))
    throw new Error('The module does not export the functions of PBKDF2.')
  return { words: new Uint32Array(memory.buffer), compress, iterate }
}

const isFunction = (value: unknown): value is (...numbers: number[]) => void => typeof value === 'function'

/** Computes the states after HMAC's keys, and the first U, of the salt and the number of the block. */
const prepare = (machine: Machine, password: Uint8Array, message: Uint8Array): void => {
  const { words, compress } = machine
  const key = password.length > BLOCK_BYTES ? hashOf(machine, password) : password
  for (const [state, pad] of [
    [INNER, 0x36],
    [OUTER, 0x5c],
  ] as const) {
    words.set(INITIAL_STATE, state / 4)
    words.set(wordsOf(hmacBlock(key, pad)), SCRATCH / 4)
    compress(state, SCRATCH, state)
  }

  words.copyWithin(STATE / 4, INNER / 4, INNER / 4 + 8)
  absorb(machine, STATE, message, BLOCK_BYTES)
  // In every HMAC but the first, the message is one hash: the same padding follows it.
  const padded = wordsOf(paddedMessage(new Uint8Array(HASH_BYTES), BLOCK_BYTES))
  words.set(padded, U / 4)
  words.set(padded, INNER_DIGEST / 4)
  words.copyWithin(INNER_DIGEST / 4, STATE / 4, STATE / 4 + 8)
  compress(OUTER, INNER_DIGEST, U)
  words.copyWithin(T / 4, U / 4, U / 4 + 8)
}

const hashOf = (machine: Machine, message: Uint8Array): Uint8Array => {
  machine.words.set(INITIAL_STATE, STATE / 4)
  absorb(machine, STATE, message, 0)
  return hashAt(machine.words, STATE)
}

/** Changes the state by the rest of a message, of which `bytesBefore` have been processed. */
const absorb = ({ words, compress }: Machine, state: number, message: Uint8Array, bytesBefore: number): void => {
  const padded = paddedMessage(message, bytesBefore)
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) {
    words.set(wordsOf(padded.subarray(at, at + BLOCK_BYTES)), SCRATCH / 4)
    compress(state, SCRATCH, state)
  }
}

const hashAt = (words: Uint32Array, offset: number): Uint8Array => bytesOf(words.subarray(offset / 4, (offset + HASH_BYTES) / 4))
