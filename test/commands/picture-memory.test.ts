import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LARGE_FILES } from '../support/large-images.ts'

const child = join(import.meta.dirname, 'picture-memory-child.ts')

/**
 * Each picture is measured in a process of its own. The body arrives as a stream. The memory counted includes the whole body,
 * the cleaned picture, and what the garbage collector has not freed yet. How much that is depends on when it last ran, so a
 * measurement is repeated.
 */
test.each(Object.keys(LARGE_FILES))('%s costs at most three times its size', { retry: 3 }, (name) => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', '--expose-gc', '--max-semi-space-size=1', child, name])
  const { form, additional } = JSON.parse(`${stdout}` || `"${stderr}"`)
  expect(additional).toBeLessThanOrEqual(3 * form)
})
