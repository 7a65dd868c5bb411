import { expect, test } from 'vitest'
import operations from '../../docs/operations.md?raw'

/** Every line that the Worker and its objects log is explained in docs/operations.md. */

const sources = import.meta.glob<string>(['../../src/**/*.ts', '!../../src/cli/**', '!../../src/**/browser/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The constant part of a line: `fault: '…'`, `warning: '…'` or `cron: '…'`. A value within it is written as `…`. */
const eventsIn = (source: string): string[] =>
  [...source.matchAll(/console\.(?:log|warn|error)\(\s*JSON\.stringify\(\{\s*(fault|warning|cron): ['`]([^'`]*)['`]/g)].map(
    ([, kind = '', text = '']) => `${kind}: ${text.replaceAll(/\$\{[^}]*\}/g, '…')}`,
  )

/** The first column of the table. */
const listed = [...operations.matchAll(/^\| `((?:fault|warning|cron): [^`]*)` \|/gm)].map(([, event = '']) => event)

test('each event that is logged is listed, and each that is listed is logged', () => {
  const events = Object.values(sources).flatMap(eventsIn)
  expect(events.length).toBeGreaterThan(10)
  expect([...new Set(events)].sort()).toEqual([...listed].sort())
})

test('nothing is logged that this test does not see', () => {
  const calls = Object.entries(sources).flatMap(([file, source]) =>
    [...source.matchAll(/console\.\w+\(/g)].map(() => file.replace('../../src/', '')),
  )
  // The line of a request is written by one function.
  const others = calls.filter((file) => file !== 'http/middleware/access-log.ts')
  expect(others.length).toBe(Object.values(sources).flatMap(eventsIn).length)
})
