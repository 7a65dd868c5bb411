import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assemblePbkdf2 } from './pbkdf2-module.ts'
import { root } from './wrangler.ts'

/** `npm run build:pbkdf2`: writes the WASM of PBKDF2. Run it after a change of pbkdf2-module.ts; a test compares the two. */
writeFileSync(join(root, 'src/tokens/pbkdf2-sha256.wasm'), await assemblePbkdf2())
