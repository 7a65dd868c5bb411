import { expect, test } from 'vitest'
import type { Value } from '../../../../src/cli/move/models/values.ts'
import { timeIn } from '../../../../src/cli/move/rows/client-times.ts'

const AT = Date.parse('2025-12-24T18:00:00Z')

test.each<[Value | undefined, number | null, boolean]>([
  [new Date(AT), AT, false],
  ['2025-12-24T18:00:00.000Z', AT, false],
  ['2025-12-24 18:00', AT, true],
  ['2025-12-24T19:00:00+01:00', AT, false],
  ['2025-12-24T19:00+01:00', AT, false],
  ['2025-12-24T18:00:00.123456', AT + 123, true],
  [AT, AT, true],
  [AT / 1000, AT, true],
  [-1, null, true],
  ['tomorrow', null, false],
  ['2025-02-31 10:00', null, false],
  ['', null, false],
  [null, null, false],
  [undefined, null, false],
  [{ $date: 'x' }, null, false],
])('%j', (value, time, hasNote) => {
  const read = timeIn(value)
  expect([read.time, read.note !== null]).toEqual([time, hasNote])
})
