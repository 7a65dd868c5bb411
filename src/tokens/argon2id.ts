import { blake2b } from '@noble/hashes/blake2.js'
import type { Pieces } from './fair-lock.ts'

/** What RFC 9106 calls m, t and p, and what goes in. */
export interface Argon2idInput {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  readonly password: Uint8Array
  readonly salt: Uint8Array
  readonly secret?: Uint8Array
  readonly associatedData?: Uint8Array
  readonly tagLength: number
}

export type Argon2id = (input: Argon2idInput) => Pieces<Uint8Array>

export const HIGHEST_MEMORY_KIB = 65_536

const VERSION = 0x13
const TYPE = 2
const SLICES = 4
const BLOCK = 1024
const ADDRESSES_IN_A_BLOCK = BLOCK / 8
/**
 * About two milliseconds; a count, because in production the clock stands still while something is computed. With more at a
 * time others wait longer at their worst, with fewer they don't wait less and log-ins take longer: each pause costs a
 * millisecond.
 */
const BLOCKS_AT_A_TIME = 3072

/** Where things lie in the memory, in bytes. */
const SCRATCH = 0
const NEW = BLOCK
const ZERO = 2 * BLOCK
const ADDRESS_INPUT = 3 * BLOCK
const ADDRESSES = 4 * BLOCK
const REFERENCE = 5 * BLOCK
const MATRIX = 6 * BLOCK

/** The module is compiled for so many pages at least (65 MiB); what no hash has touched is not really there. */
const PAGES = 1040

/**
 * argon2id (RFC 9106) in pieces. The work on a block is done by the WASM of the package `argon2id`; its own JavaScript
 * computes a hash in one go, in which the isolate answers nobody, and makes an object a block. There is one memory, so
 * a hash has to be finished, or given up for good, before the next begins.
 */
export const createArgon2id = (module: WebAssembly.Module): Argon2id => {
  let ready: Machine | undefined
  return function* (input) {
    ready ??= createMachine(module)
    return yield* compute(ready, input)
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
  readonly locate: (...given: number[]) => void
}

const createMachine = (module: WebAssembly.Module): Machine => {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const [g, g2, xor, locate] = [exports.G, exports.G2, exports.xor, exports.getLZ]
  if (!isFunction(g) || !isFunction(g2) || !isFunction(xor) || !isFunction(locate)) throw new Error('this is no module of argon2id')
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

function* compute(machine: Machine, input: Argon2idInput): Pieces<Uint8Array> {
  const { bytes, xor } = machine
  const { passes, lanes } = input
  const segment = Math.floor(input.memoryKib / (SLICES * lanes))
  const columns = SLICES * segment
  const at = (lane: number, column: number): number => MATRIX + (lane * columns + column) * BLOCK
  const end = at(lanes, 0)

  bytes.fill(0, 0, MATRIX)
  const seed = firstHash(input)
  for (let lane = 0; lane < lanes; lane++) {
    for (const column of [0, 1]) bytes.set(longHash(BLOCK, seed, number(column), number(lane)), at(lane, column))
  }
  seed.fill(0)

  let left = BLOCKS_AT_A_TIME
  for (let pass = 0; pass < passes; pass++) {
    for (let slice = 0; slice < SLICES; slice++) {
      for (let lane = 0; lane < lanes; lane++) {
        const fill = filler(machine, { pass, slice, lane, segment, lanes, passes })
        for (let from = pass === 0 && slice === 0 ? 2 : 0; from < segment; ) {
          const to = Math.min(segment, from + left)
          fill(from, to)
          left -= to - from
          from = to
          if (left > 0) continue
          yield
          left = BLOCKS_AT_A_TIME
        }
      }
    }
  }

  const last = at(0, columns - 1)
  for (let lane = 1; lane < lanes; lane++) xor(last, last, at(lane, columns - 1))
  const tag = longHash(input.tagLength, bytes.subarray(last, last + BLOCK))
  // All of it: from the blocks as they stand in the end, the first can be computed back, which a guess is checked with for next to nothing.
  bytes.fill(0, 0, end)
  return tag
}

interface Segment {
  readonly pass: number
  readonly slice: number
  readonly lane: number
  readonly segment: number
  readonly lanes: number
  readonly passes: number
}

/** Fills the blocks of a segment, from the given one up to, but not including, the other. */
const filler = ({ words, compress, compressTwice, xor, locate }: Machine, { pass, slice, lane, segment, lanes, passes }: Segment) => {
  const columns = SLICES * segment
  const dataIndependent = pass === 0 && slice < SLICES / 2
  const row = MATRIX + lane * columns * BLOCK

  const makeAddresses = (counter: number): void => {
    const fields = [pass, lane, slice, lanes * columns, passes, TYPE, counter]
    fields.forEach((field, index) => {
      words[ADDRESS_INPUT / 4 + 2 * index] = field
    })
    compressTwice(ADDRESS_INPUT, ADDRESSES)
  }
  if (dataIndependent) makeAddresses(1)

  return (from: number, to: number): void => {
    for (let index = from; index < to; index++) {
      const nth = index % ADDRESSES_IN_A_BLOCK
      if (dataIndependent && nth === 0 && index > 0) makeAddresses(index / ADDRESSES_IN_A_BLOCK + 1)
      const column = slice * segment + index
      const current = row + column * BLOCK
      const previous = column > 0 ? current - BLOCK : row + (columns - 1) * BLOCK
      locate(REFERENCE, dataIndependent ? ADDRESSES + nth * 8 : previous, lane, lanes, pass, slice, index, SLICES, segment)
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
  const { memoryKib, passes, lanes, password, salt, secret = NOTHING, associatedData = NOTHING, tagLength } = input
  const hash = blake2b.create({ dkLen: 64 })
  for (const parameter of [lanes, tagLength, memoryKib, passes, VERSION, TYPE]) hash.update(number(parameter))
  for (const text of [password, salt, secret, associatedData]) hash.update(number(text.length)).update(text)
  return hash.digest()
}

const NOTHING = new Uint8Array()

/** H' of RFC 9106, 3.3: a hash of any length. */
const longHash = (length: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = blake2b.create({ dkLen: Math.min(length, 64) }).update(number(length))
  for (const part of parts) hash.update(part)
  const long = new Uint8Array(length)
  let link = hash.digest()
  let done = 0
  for (; length - done > 64; done += 32) {
    long.set(link.subarray(0, 32), done)
    link = blake2b(link, { dkLen: Math.min(length - done - 32, 64) })
  }
  long.set(link, done)
  return long
}

const number = (value: number): Uint8Array => new Uint8Array([value, value >>> 8, value >>> 16, value >>> 24])
