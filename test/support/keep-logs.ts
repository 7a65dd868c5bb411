import { afterAll, beforeEach } from 'vitest'

/**
 * Keeps what the Worker logs inside the isolate, and prints it only if the test fails. Vitest would drop the lines of the others,
 * but only after each has been sent to its process.
 */

const LEVELS = ['debug', 'info', 'log', 'warn', 'error'] as const

let kept: (() => void)[] = []

const printKept = (): void => {
  for (const print of kept) print()
  kept = []
}

const originals = LEVELS.map((level) => [level, console[level]] as const)

for (const [level, original] of originals) {
  console[level] = (...values: unknown[]) => {
    kept.push(() => original.apply(console, values))
  }
}

let hasRun = false

beforeEach(({ onTestFailed }) => {
  hasRun = true
  kept = []
  onTestFailed(printKept)
})

afterAll(() => {
  // A hook has failed, so no test ran.
  if (!hasRun) printKept()
  // The next file may share this isolate, and replaces them again.
  for (const [level, original] of originals) console[level] = original
})
