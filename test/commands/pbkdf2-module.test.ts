import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assemblePbkdf2 } from '../../src/cli/pbkdf2-module.ts'

test('the WASM of PBKDF2 is what its source assembles to: run `npm run build:pbkdf2` after a change', async () => {
  const committed = readFileSync(join(import.meta.dirname, '../../src/tokens/pbkdf2-sha256.wasm'))
  expect(committed.equals(await assemblePbkdf2())).toBe(true)
})
