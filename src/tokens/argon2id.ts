import createBlake2b from 'argon2id/lib/blake2b.js'
import type { Argon2Cost } from '../model/password.ts'
import type { CooperativeTask } from './fair-lock.ts'

/** The inputs of RFC 9106: the type (2 is argon2id, 1 is argon2i), the parameters m, t and p, and the texts. */
export interface Argon2idInput extends Argon2Cost {
  readonly type?: 1 | 2
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly secret?: Uint8Array
  readonly associatedData?: Uint8Array
  readonly tagLength: number
}

export type Argon2id = (input: Argon2idInput) => CooperativeTask<Uint8Array>

const VERSION = 0x13
const SLICES = 4
const BLOCK = 1024
const ADDRESSES_PER_BLOCK = BLOCK / 8
/**
 * About two milliseconds. It is a number of blocks because in production the clock does not advance during a computation.
 * With more blocks per step the longest wait of other requests grows. With fewer it does not shrink, and log-ins take longer,
 * because each pause costs a millisecond.
 */
const BLOCKS_PER_STEP = 3072

/** The memory layout: offsets in bytes. */
const SCRATCH = 0
const NEW = BLOCK
const ZERO = 2 * BLOCK
const ADDRESS_INPUT = 3 * BLOCK
const ADDRESSES = 4 * BLOCK
const REFERENCE = 5 * BLOCK
const MATRIX = 6 * BLOCK

/** The module is compiled for at least this many pages (65 MiB). Pages that no hash has touched take no real memory. */
const PAGES = 1040

/**
 * argon2id (RFC 9106) in steps. The WASM of the package `argon2id` processes the blocks, and its BLAKE2b the inputs. The rest of
 * the package is not used: it computes a hash without a pause, which blocks the isolate for all other requests, and it
 * allocates an object per block. There is one memory, so a hash must be finished, or abandoned for good, before the next one starts.
 */
export const createArgon2id = (module: WebAssembly.Module): Argon2id => {
  let machine: Machine | undefined
  return function* (input) {
    machine ??= createMachine(module)
    return yield* compute(machine, input)
  }
}

interface Machine {
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  /** out = G(x, y) */
  readonly compress: (x: number, y: number, out: number) => void
  /** out = G(0, G(0, x)) */
  readonly compressTwice: (x: number, out: number) => void
  readonly xor: (out: number, x: number, y: number) => void
  readonly locate: (...offsets: number[]) => void
}

const createMachine = (module: WebAssembly.Module): Machine => {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const [g, g2, xor, locate] = [exports.G, exports.G2, exports.xor, exports.getLZ]
  if (!isFunction(g) || !isFunction(g2) || !isFunction(xor) || !isFunction(locate))
    throw new Error('The module does not export the functions of argon2id.')
  return {
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    compress: (x, y, out) => g(x, y, out, SCRATCH),
    compressTwice: (x, out) => g2(ZERO, x, out, SCRATCH),
    xor,
    locate,
  }
}

const isFunction = (value: unknown): value is (...offsets: number[]) => void => typeof value === 'function'

function* compute(machine: Machine, input: Argon2idInput): CooperativeTask<Uint8Array> {
  const { bytes, xor } = machine
  const { type = 2, passes, lanes } = input
  const segment = Math.floor(input.memoryKib / (SLICES * lanes))
  const columns = SLICES * segment
  const blockAt = (lane: number, column: number): number => MATRIX + (lane * columns + column) * BLOCK
  const end = blockAt(lanes, 0)

  bytes.fill(0, 0, MATRIX)
  const seed = firstHash(input)
  for (let lane = 0; lane < lanes; lane++) {
    for (const column of [0, 1]) bytes.set(longHash(BLOCK, seed, number(column), number(lane)), blockAt(lane, column))
  }
  seed.fill(0)

  let remaining = BLOCKS_PER_STEP
  for (let pass = 0; pass < passes; pass++) {
    for (let slice = 0; slice < SLICES; slice++) {
      for (let lane = 0; lane < lanes; lane++) {
        const fill = createSegmentFiller(machine, { type, pass, slice, lane, segment, lanes, passes })
        for (let from = pass === 0 && slice === 0 ? 2 : 0; from < segment; ) {
          const to = Math.min(segment, from + remaining)
          fill(from, to)
          remaining -= to - from
          from = to
          if (remaining > 0) continue
          yield
          remaining = BLOCKS_PER_STEP
        }
      }
    }
  }

  const last = blockAt(0, columns - 1)
  for (let lane = 1; lane < lanes; lane++) xor(last, last, blockAt(lane, columns - 1))
  const tag = longHash(input.tagLength, bytes.subarray(last, last + BLOCK))
  // Clear all blocks: the first blocks can be computed back from the final ones, and with those a password guess is cheap to check.
  bytes.fill(0, 0, end)
  return tag
}

interface Segment {
  readonly type: number
  readonly pass: number
  readonly slice: number
  readonly lane: number
  readonly segment: number
  readonly lanes: number
  readonly passes: number
}

/** Fills the blocks `from` (inclusive) to `to` (exclusive) of a segment. */
const createSegmentFiller = (
  { words, compress, compressTwice, xor, locate }: Machine,
  { type, pass, slice, lane, segment, lanes, passes }: Segment,
) => {
  const columns = SLICES * segment
  const dataIndependent = type === 1 || (pass === 0 && slice < SLICES / 2)
  const row = MATRIX + lane * columns * BLOCK

  const makeAddresses = (counter: number): void => {
    const fields = [pass, lane, slice, lanes * columns, passes, type, counter]
    fields.forEach((field, index) => {
      words[ADDRESS_INPUT / 4 + 2 * index] = field
    })
    compressTwice(ADDRESS_INPUT, ADDRESSES)
  }
  if (dataIndependent) makeAddresses(1)

  return (from: number, to: number): void => {
    for (let index = from; index < to; index++) {
      const offset = index % ADDRESSES_PER_BLOCK
      if (dataIndependent && offset === 0 && index > 0) makeAddresses(index / ADDRESSES_PER_BLOCK + 1)
      const column = slice * segment + index
      const current = row + column * BLOCK
      const previous = column > 0 ? current - BLOCK : row + (columns - 1) * BLOCK
      locate(REFERENCE, dataIndependent ? ADDRESSES + offset * 8 : previous, lane, lanes, pass, slice, index, SLICES, segment)
      const reference = MATRIX + ((words[REFERENCE / 4] ?? 0) * columns + (words[REFERENCE / 4 + 1] ?? 0)) * BLOCK
      if (pass === 0) compress(previous, reference, current)
      else {
        compress(previous, reference, NEW)
        xor(current, NEW, current)
      }
    }
  }
}

/** H_0 of RFC 9106, 3.2. */
const firstHash = (input: Argon2idInput): Uint8Array => {
  const { type = 2, memoryKib, passes, lanes, password, salt, secret = EMPTY, associatedData = EMPTY, tagLength } = input
  const hash = createBlake2b(64)
  for (const parameter of [lanes, tagLength, memoryKib, passes, VERSION, type]) hash.update(number(parameter))
  for (const text of [password, salt, secret, associatedData]) hash.update(number(text.length)).update(text)
  return new Uint8Array(hash.digest())
}

const EMPTY = new Uint8Array()

/** H' of RFC 9106, 3.3: a hash of any length. */
const longHash = (length: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createBlake2b(Math.min(length, 64)).update(number(length))
  for (const part of parts) hash.update(part)
  const long = new Uint8Array(length)
  let link = new Uint8Array(hash.digest())
  let done = 0
  for (; length - done > 64; done += 32) {
    long.set(link.subarray(0, 32), done)
    link = new Uint8Array(
      createBlake2b(Math.min(length - done - 32, 64))
        .update(link)
        .digest(),
    )
  }
  long.set(link, done)
  return long
}

const number = (value: number): Uint8Array => new Uint8Array([value, value >>> 8, value >>> 16, value >>> 24])
