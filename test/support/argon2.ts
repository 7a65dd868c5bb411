import wasm from 'argon2id/dist/simd.wasm'
import { createArgon2 } from '../../src/tokens/argon2.ts'

export const argon2 = createArgon2(wasm)
