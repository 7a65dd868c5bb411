import wasm from 'argon2id/dist/simd.wasm'
import setup from 'argon2id/lib/setup.js'
import { createArgon2 } from '../../src/tokens/argon2.ts'
import { createArgon2id } from '../../src/tokens/argon2id.ts'
import type { Pieces } from '../../src/tokens/fair-lock.ts'

/** Each has a memory of its own, which only one may use at a time. */
export const newArgon2 = () => createArgon2(wasm)
export const newArgon2id = () => createArgon2id(wasm)

/** The package's own function, in one go. */
export const packageArgon2id = () => {
  const load = async (imports: WebAssembly.Imports) => ({ module: wasm, instance: await WebAssembly.instantiate(wasm, imports) })
  return setup(load, load)
}

/** All pieces at once, and how often others could have had a go. */
export const finish = <T>(pieces: Pieces<T>): { value: T; pauses: number } => {
  for (let pauses = 0; ; pauses++) {
    const piece = pieces.next()
    if (piece.done) return { value: piece.value, pauses }
  }
}
