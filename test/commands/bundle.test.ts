import { expect, test } from 'vitest'
import { measureBundle } from '../bench/bundle.ts'

test('the Worker is less than 200 KiB, as `npm run deploy` uploads it', async () => {
  const { gzipKib } = await measureBundle()
  expect(gzipKib).toBeGreaterThan(100)
  expect(gzipKib).toBeLessThan(200)
})
