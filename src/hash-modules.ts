import argon2 from 'argon2id/dist/simd.wasm'
import pbkdf2 from './tokens/pbkdf2-sha256.wasm'

/** The hash functions, compiled by the platform: it compiles no WASM at run time. Under Node, src/cli/hash-modules.ts takes its place. */
export const hashModules = { argon2, pbkdf2 }
