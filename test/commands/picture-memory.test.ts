import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LARGE_FILES } from '../support/large-images.ts'

const FLAGS = ['--no-warnings', '--expose-gc', '--max-semi-space-size=1', '--single-threaded-gc']
const child = join(import.meta.dirname, 'picture-memory-child.ts')

/**
 * Each picture is measured in a process of its own. The body arrives as a stream. The memory counted includes the whole body,
 * the cleaned picture, and what the garbage collector has not freed yet. It runs in the thread that allocates: beside it, on a
 * busy machine, it would free the copies of the chunks too late.
 */
test.each(Object.keys(LARGE_FILES))('%s costs at most three times its size', (name) => {
  const measure = (): { readonly form: number; readonly additional: number } => {
    const { stdout, stderr } = spawnSync(process.execPath, [...FLAGS, child, name])
    return JSON.parse(`${stdout}` || `"${stderr}"`)
  }
  // What the process has beside the picture differs by a percent between runs, and only adds. The least of three counts.
  const runs = [measure(), measure(), measure()]
  const form = runs[0]?.form ?? 0
  expect(form).toBeGreaterThan(0)
  expect(Math.min(...runs.map(({ additional }) => additional))).toBeLessThanOrEqual(3 * form)
})
