import { expect, test } from 'vitest'
import { TimedOut, withTimeout } from '../../src/model/timeout.ts'

const never = new Promise<never>(() => undefined)

test('work that is done in time gives its value', async () => {
  expect(await withTimeout(Promise.resolve('done'), 1000)).toBe('done')
})

test('work that fails in time gives its own error', async () => {
  await expect(withTimeout(Promise.reject(new Error('broken')), 1000)).rejects.toThrow('broken')
})

test('work that takes too long gives another kind of error', async () => {
  await expect(withTimeout(never, 5)).rejects.toBeInstanceOf(TimedOut)
})
