import wabt from 'wabt'

/**
 * The source of src/tokens/pbkdf2-sha256.wasm: SHA-256 (FIPS 180-4) without a loop, and the loop of PBKDF2. It is a text with
 * 64 rounds that differ only in the names of the variables, so it is generated. `npm run build:pbkdf2` writes the module.
 */

const ROUNDS = 64
const STATE = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
/** Of the 64 words of the message schedule only the last sixteen are needed. */
const WORDS = Array.from({ length: 16 }, (_, index) => `w${index}`)

const firstPrimes = (count: number): number[] => {
  const primes: number[] = []
  for (let number = 2; primes.length < count; number++) if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  return primes
}

/** The first 32 bits of the fractional part of a number. */
const fractionBits = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32)

/** FIPS 180-4, 4.2.2: from the cube roots of the first primes. */
const CONSTANTS = firstPrimes(ROUNDS).map((prime) => fractionBits(Math.cbrt(prime)))

const get = (name: string): string => `(local.get $${name})`
const set = (name: string, value: string): string => `(local.set $${name} ${value})`
const apply = (operator: string, first: string, ...others: string[]): string =>
  others.reduce((left, right) => `(i32.${operator} ${left} ${right})`, first)
const add = (first: string, ...others: string[]): string => apply('add', first, ...others)
const xor = (first: string, ...others: string[]): string => apply('xor', first, ...others)
const and = (left: string, right: string): string => apply('and', left, right)
const or = (left: string, right: string): string => apply('or', left, right)
const rotate = (value: string, bits: number): string => `(i32.rotr ${value} (i32.const ${bits}))`
const shift = (value: string, bits: number): string => `(i32.shr_u ${value} (i32.const ${bits}))`
const load = (pointer: string, index: number): string => `(i32.load offset=${4 * index} ${get(pointer)})`

const word = (index: number): string => `w${index % WORDS.length}`

/** FIPS 180-4, 6.2.2, step 1, for one word after the first sixteen. */
const schedule = (index: number): string => {
  const [twoBefore, fifteenBefore] = [get(word(index - 2)), get(word(index - 15))]
  const sigma1 = xor(rotate(twoBefore, 17), rotate(twoBefore, 19), shift(twoBefore, 10))
  const sigma0 = xor(rotate(fifteenBefore, 7), rotate(fifteenBefore, 18), shift(fifteenBefore, 3))
  return set(word(index), add(sigma1, get(word(index - 7)), sigma0, get(word(index))))
}

/** FIPS 180-4, 6.2.2, step 3. Instead of moving eight values, each round gives the eight variables other roles. */
const round = (index: number): string[] => {
  const role = (place: number): string => STATE[(place + 8 * ROUNDS - index) % 8] ?? ''
  const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map((place) => get(role(place)))
  if (!a || !b || !c || !d || !e || !f || !g || !h) throw new Error('a round has eight values')
  const choice = xor(g, and(e, xor(f, g)))
  const majority = or(and(a, b), and(c, or(a, b)))
  const constant = `(i32.const ${CONSTANTS[index] ?? 0})`
  return [
    ...(index >= WORDS.length ? [schedule(index)] : []),
    set(role(7), add(add(get(word(index)), constant), h, choice, xor(rotate(e, 6), rotate(e, 11), rotate(e, 25)))),
    set(role(3), add(d, get(role(7)))),
    set(role(7), add(get(role(7)), majority, xor(rotate(a, 2), rotate(a, 13), rotate(a, 22)))),
  ]
}

/** The addresses are those of src/tokens/pbkdf2.ts. */
const source = (): string => `
(module
  (memory (export "memory") 1)

  ;; out = state after block. Words are in the machine's byte order.
  (func $compress (export "compress") (param $state i32) (param $block i32) (param $out i32)
    ${[...STATE, ...WORDS].map((name) => `(local $${name} i32)`).join(' ')}
    ${STATE.map((name, index) => set(name, load('state', index))).join('\n    ')}
    ${WORDS.map((name, index) => set(name, load('block', index))).join('\n    ')}
    ${Array.from({ length: ROUNDS }, (_, index) => round(index))
      .flat()
      .join('\n    ')}
    ${STATE.map((name, index) => `(i32.store offset=${4 * index} ${get('out')} ${add(get(name), load('state', index))})`).join('\n    ')})

  ;; count times: U = HMAC(U), and T = T xor U. The count is at least 1.
  (func (export "iterate") (param $count i32)
    (loop $next
      (call $compress (i32.const 0) (i32.const 64) (i32.const 128))
      (call $compress (i32.const 32) (i32.const 128) (i32.const 64))
      (v128.store (i32.const 192) (v128.xor (v128.load (i32.const 192)) (v128.load (i32.const 64))))
      (v128.store (i32.const 208) (v128.xor (v128.load (i32.const 208)) (v128.load (i32.const 80))))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
`

/** The module's bytes. */
export const assemblePbkdf2 = async (): Promise<Uint8Array> => {
  const { parseWat } = await wabt()
  const module = parseWat('pbkdf2-sha256.wat', source(), { simd: true })
  module.validate()
  return module.toBinary({}).buffer
}
