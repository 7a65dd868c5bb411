import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** src/hash-modules.ts for Node, which cannot import WASM as a module. */

const require = createRequire(import.meta.url)
const compile = (file: string): Promise<WebAssembly.Module> => WebAssembly.compile(readFileSync(require.resolve(file)))

export const hashModules = { argon2: await compile('argon2id/dist/simd.wasm'), pbkdf2: await compile('../tokens/pbkdf2-sha256.wasm') }
