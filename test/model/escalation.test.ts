import { describe, expect, test } from 'vitest'
import { isWithin, parseEscalation } from '../../src/model/escalation.ts'
import { parseSupportHours } from '../../src/model/support-hours.ts'
import { MINUTE } from '../../src/model/time.ts'

describe('the order of who is told', () => {
  test('has entries with staff, hours and webhooks', () => {
    expect(
      parseEscalation(
        '[{"after": 10, "staff": ["alex", "kim"]}, {"after": 0.5, "webhook": "https://x.test/y", "hours": "Sat 10:00-14:00 Europe/Berlin"}]',
      ),
    ).toEqual([
      { afterMs: 10 * MINUTE, staff: ['alex', 'kim'], hours: null, webhook: null },
      {
        afterMs: MINUTE / 2,
        staff: [],
        hours: { times: [{ firstDay: 5, lastDay: 5, opens: '10:00', closes: '14:00' }], timeZone: 'Europe/Berlin' },
        webhook: 'https://x.test/y',
      },
    ])
    expect(parseEscalation('[]')).toEqual([])
  })

  test.each([
    'alex',
    '{}',
    '[1]',
    '[null]',
    '[{"staff": ["alex"]}]',
    '[{"after": 0, "staff": ["alex"]}]',
    '[{"after": "10", "staff": ["alex"]}]',
    '[{"after": 10}]',
    '[{"after": 10, "staff": []}]',
    '[{"after": 10, "staff": "alex"}]',
    '[{"after": 10, "staff": [""]}]',
    '[{"after": 10, "staff": [7]}]',
    '[{"after": 10, "staff": ["alex"], "hours": "always"}]',
    '[{"after": 10, "staff": ["alex"], "hours": 7}]',
    '[{"after": 10, "staff": ["alex"], "hours": "Mon 10:00-12:00 Nowhere/Land"}]',
    '[{"after": 10, "staff": ["alex"], "webhook": "pager"}]',
    '[{"after": 10, "staff": ["alex"], "when": "now"}]',
  ])('%s is rejected', (text) => {
    expect(parseEscalation(text)).toBeNull()
  })
})

describe('hours', () => {
  const hours = parseSupportHours('Mon-Fri 09:00-17:00, Sat 10:00-24:00 Europe/Berlin')
  test.each([
    ['2026-11-30T07:59:00Z', false],
    ['2026-11-30T08:00:00Z', true],
    ['2026-11-30T15:59:59Z', true],
    ['2026-11-30T16:00:00Z', false],
    ['2026-12-05T22:59:00Z', true],
    ['2026-12-06T12:00:00Z', false],
    // In summer, Berlin is two hours ahead of UTC.
    ['2026-07-06T07:00:00Z', true],
  ])('%s: %j', (time, expected) => {
    expect(hours && isWithin(hours, Date.parse(time))).toBe(expected)
  })
})
