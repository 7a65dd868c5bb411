import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { healthOf } from '../../src/domain/maintenance/health.ts'
import { numberingsOf } from '../../src/model/contract-numbers.ts'
import { withWorkerContext } from '../support/worker-context.ts'

test('a Worker whose setting does not fit the data is not available', async () => {
  await env.DB.prepare(`INSERT INTO former_numbers (contract, next_id) VALUES ('recovery', 59), ('facility', 62)`).run()
  const healthWith = (former: Parameters<typeof numberingsOf>[0]) =>
    withWorkerContext((context) => healthOf({ ...context, settings: { ...context.settings, numbers: numberingsOf(former) } }))
  expect(await healthWith({})).toBe('unavailable')
  expect(await healthWith({ recovery: 59 })).toBe('unavailable')
  expect(await healthWith({ facility: 62, recovery: 58 })).toBe('unavailable')
  expect(await healthWith({ facility: 62, recovery: 59 })).toBe('ok')
  expect(await healthWith({ facility: 62, recovery: 1000 })).toBe('ok')
})
