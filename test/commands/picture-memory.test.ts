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
  // What the process has beside the picture differs by a percent between runs, and only adds. So the least of three counts, and
  // more runs are needed only while all have been above the limit.
  const runs = [measure()]
  const form = runs[0]?.form ?? 0
  const least = () => Math.min(...runs.map(({ additional }) => additional))
  while (runs.length < 3 && least() > 3 * form) runs.push(measure())
  expect(form).toBeGreaterThan(0)
  expect(least()).toBeLessThanOrEqual(3 * form)
})
