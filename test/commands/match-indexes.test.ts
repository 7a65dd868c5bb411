import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './run.ts'

const decision = readFileSync(join(import.meta.dirname, '../../docs/adr/0028-one-index-for-matches.md'), 'utf8')

test('decision 28 shows the table that `npm run bench:indexes` computes', async () => {
  const { code, out } = await run('bench:indexes', [])
  expect(code).toBe(0)
  expect(out.trim().split('\n')).toHaveLength(8)
  expect(decision).toContain(out.trim())
})
