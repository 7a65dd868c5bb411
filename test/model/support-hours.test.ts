import { describe, expect, test } from 'vitest'
import { hoursInWords, parseSupportHours } from '../../src/model/support-hours.ts'

const inWords = (text: string): string | null => {
  const hours = parseSupportHours(text)
  return hours && hoursInWords(hours)
}

describe('support hours', () => {
  test.each([
    ['Mon-Fri 09:00-17:00 Europe/Berlin', 'Monday to Friday 09:00–17:00 (time in Europe/Berlin)'],
    [
      'Mon-Fri 09:00-17:00, Sat 10:00-14:00 America/New_York',
      'Monday to Friday 09:00–17:00; Saturday 10:00–14:00 (time in America/New York)',
    ],
    ['mon-sun 00:00-24:00 UTC', 'Monday to Sunday, day and night (time in UTC)'],
    ['  Sun  18:00-24:00 ,  Mon 00:00-02:00   Asia/Tokyo ', 'Sunday 18:00–24:00; Monday 00:00–02:00 (time in Asia/Tokyo)'],
  ])('%s is shown as %s', (text, words) => {
    expect(inWords(text)).toBe(words)
  })

  test.each([
    'always',
    'Mon-Fri 09:00-17:00',
    '09:00-17:00 Europe/Berlin',
    'Mon-Fri 9-17 Europe/Berlin',
    'Mon-Fri 17:00-09:00 Europe/Berlin',
    'Mon-Fri 09:00-09:00 Europe/Berlin',
    'Mon-Fri 09:00-25:00 Europe/Berlin',
    'Fri-Mon 09:00-17:00 Europe/Berlin',
    'Mon-Fry 09:00-17:00 Europe/Berlin',
    'Mon-Fri 09:00-17:00, Europe/Berlin',
    'Mon-Fri 09:00-17:00 Europe/Atlantis',
  ])('%s is not valid', (text) => {
    expect(parseSupportHours(text)).toBeNull()
  })
})
