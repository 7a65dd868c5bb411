import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assemblePbkdf2 } from '../../src/cli/pbkdf2-module.ts'
import { createSha256 } from '../../src/tokens/pbkdf2.ts'

const committed = readFileSync(join(import.meta.dirname, '../../src/tokens/pbkdf2-sha256.wasm'))

test('the WASM of PBKDF2 is what its source assembles to: run `npm run build:pbkdf2` after a change', async () => {
  expect(committed.equals(await assemblePbkdf2())).toBe(true)
})

/** In Node, because workerd has no clock of the CPU time. Any other one also counts what a busy machine does meanwhile. */
test('870,000 iterations take 0.6 seconds of CPU time', async () => {
  const { pbkdf2 } = createSha256(await WebAssembly.compile(committed))
  const encode = (text: string) => new TextEncoder().encode(text)
  const hash = (iterations: number): void => {
    const task = pbkdf2({ password: encode('syam1234'), salt: encode('somesalt'), iterations })
    while (!task.next().done);
  }
  hash(100_000) // compiles the WASM
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    hash(870_000)
    return process.cpuUsage(before).user / 1000
  })
  expect(Math.min(...times)).toBeLessThan(600)
})
