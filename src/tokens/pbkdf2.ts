import type { CooperativeTask } from './fair-lock.ts'

export interface Pbkdf2Input {
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
}

/** The first block of PBKDF2-HMAC-SHA256: 32 bytes. */
export type Pbkdf2 = (input: Pbkdf2Input) => CooperativeTask<Uint8Array>

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
export const createPbkdf2 = (module: WebAssembly.Module): Pbkdf2 => {
  let machine: Machine | undefined
  return function* ({ password, salt, iterations }) {
    machine ??= createMachine(module)
    const { words, iterate } = machine
    prepare(machine, password, salt)
    for (let remaining = iterations - 1; remaining > 0; remaining -= ITERATIONS_PER_STEP) {
      iterate(Math.min(remaining, ITERATIONS_PER_STEP))
      yield
    }
    const hash = bytesAt(words, T)
    // Clear all blocks: with the states of HMAC, a password guess costs only one iteration to check.
    words.fill(0, 0, END / 4)
    return hash
  }
}

interface Machine {
  /** Words are in the machine's byte order. */
  readonly words: Uint32Array
  /** out = state after block */
  readonly compress: (state: number, block: number, out: number) => void
  /** As often as `count` says: U = HMAC(U), and T = T xor U. */
  readonly iterate: (count: number) => void
}

const createMachine = (module: WebAssembly.Module): Machine => {
  const { memory, compress, iterate } = new WebAssembly.Instance(module).exports
  if (!(memory instanceof WebAssembly.Memory) || !isFunction(compress) || !isFunction(iterate))
    throw new Error('The module does not export the functions of PBKDF2.')
  return { words: new Uint32Array(memory.buffer), compress, iterate }
}

const isFunction = (value: unknown): value is (...numbers: number[]) => void => typeof value === 'function'

/** Computes the states after HMAC's keys, and the first U. */
const prepare = (machine: Machine, password: Uint8Array, salt: Uint8Array): void => {
  const { words, compress } = machine
  const key = password.length > BLOCK_BYTES ? hashOf(machine, password) : password
  for (const [state, pad] of [
    [INNER, 0x36],
    [OUTER, 0x5c],
  ] as const) {
    const block = new Uint8Array(BLOCK_BYTES).fill(pad)
    for (const [index, byte] of key.entries()) block[index] = byte ^ pad
    words.set(INITIAL_STATE, state / 4)
    setBlock(words, SCRATCH, block)
    compress(state, SCRATCH, state)
  }

  words.copyWithin(STATE / 4, INNER / 4, INNER / 4 + 8)
  absorb(machine, STATE, Uint8Array.of(...salt, 0, 0, 0, 1), BLOCK_BYTES)
  // In every HMAC but the first, the message is one hash: the same padding follows it.
  const padded = paddedMessage(new Uint8Array(HASH_BYTES), BLOCK_BYTES)
  setBlock(words, U, padded)
  setBlock(words, INNER_DIGEST, padded)
  words.copyWithin(INNER_DIGEST / 4, STATE / 4, STATE / 4 + 8)
  compress(OUTER, INNER_DIGEST, U)
  words.copyWithin(T / 4, U / 4, U / 4 + 8)
}

const hashOf = (machine: Machine, message: Uint8Array): Uint8Array => {
  machine.words.set(INITIAL_STATE, STATE / 4)
  absorb(machine, STATE, message, 0)
  return bytesAt(machine.words, STATE)
}

/** Changes the state by the rest of a message, of which `bytesBefore` have been processed. */
const absorb = ({ words, compress }: Machine, state: number, message: Uint8Array, bytesBefore: number): void => {
  const padded = paddedMessage(message, bytesBefore)
  for (let at = 0; at < padded.length; at += BLOCK_BYTES) {
    setBlock(words, SCRATCH, padded.subarray(at, at + BLOCK_BYTES))
    compress(state, SCRATCH, state)
  }
}

/** FIPS 180-4, 5.1.1: a bit, zeros, and the length of the whole message in bits. */
const paddedMessage = (message: Uint8Array, bytesBefore: number): Uint8Array => {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK_BYTES) * BLOCK_BYTES)
  padded.set(message)
  padded[message.length] = 0x80
  new DataView(padded.buffer).setUint32(padded.length - 4, (bytesBefore + message.length) * 8)
  return padded
}

/** SHA-256 reads bytes as big-endian words. */
const setBlock = (words: Uint32Array, offset: number, block: Uint8Array): void => {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK_BYTES)
  for (let index = 0; index < BLOCK_BYTES / 4; index++) words[offset / 4 + index] = view.getUint32(4 * index)
}

const bytesAt = (words: Uint32Array, offset: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(HASH_BYTES))
  for (let index = 0; index < HASH_BYTES / 4; index++) view.setUint32(4 * index, words[offset / 4 + index] ?? 0)
  return new Uint8Array(view.buffer)
}
