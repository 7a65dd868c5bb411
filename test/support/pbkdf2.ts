import { createSha256 } from '../../src/tokens/pbkdf2.ts'
import wasm from '../../src/tokens/pbkdf2-sha256.wasm'

/** Each instance has its own WASM memory, so it can compute only one hash at a time. */
export const newSha256 = () => createSha256(wasm)
