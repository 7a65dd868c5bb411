import wasm from 'argon2id/dist/simd.wasm'
import setup from 'argon2id/lib/setup.js'
import { createArgon2 } from '../../src/tokens/argon2.ts'
import { createArgon2id } from '../../src/tokens/argon2id.ts'
import type { CooperativeTask } from '../../src/tokens/fair-lock.ts'
import { PASSWORD_COST } from '../../src/tokens/password-cost.ts'

/** `cost`: for tests that are not about the full cost. Each instance has its own WASM memory, so it can compute only one hash at a time. */
export const newArgon2 = (cost = PASSWORD_COST) => createArgon2(wasm, cost)
export const newArgon2id = () => createArgon2id(wasm)

/** The package's own function, which does not yield. */
export const packageArgon2id = () => {
  const load = async (imports: WebAssembly.Imports) => ({ module: wasm, instance: await WebAssembly.instantiate(wasm, imports) })
  return setup(load, load)
}

/** Runs a task to its end, and counts how often it yielded to other requests. */
export const runToEnd = <T>(task: CooperativeTask<T>): { value: T; pauses: number } => {
  for (let pauses = 0; ; pauses++) {
    const step = task.next()
    if (step.done) return { value: step.value, pauses }
  }
}
