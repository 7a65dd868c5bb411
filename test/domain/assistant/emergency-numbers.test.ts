import { describe, expect, test } from 'vitest'
import { COUNTRIES } from '../../../src/domain/assistant/crisis-lines.ts'
import { emergencyNumbersFor } from '../../../src/domain/assistant/emergency-numbers.ts'

const localOf = (country: string | null) => emergencyNumbersFor(country).local.map(({ name, number }) => `${name} ${number}`)

describe('emergency numbers', () => {
  test.each([
    ['US', ['Emergency 911', '988 Suicide & Crisis Lifeline 988'], ['112', '999']],
    ['DE', ['Emergency 112', 'TelefonSeelsorge 0800 111 0 111'], ['911', '999']],
    ['GB', ['Emergency 999', 'Samaritans 116 123'], ['112', '911']],
    ['JP', ['Ambulance 119', 'Police 110'], ['112', '911', '999']],
    ['NO', ['Ambulance 113', 'Police 112'], ['911', '999']],
    ['AQ', [], ['112', '911', '999']],
    ['toString', [], ['112', '911', '999']],
    [null, [], ['112', '911', '999']],
  ])('of %s', (country, local, elsewhere) => {
    expect(localOf(country)).toEqual(local)
    expect(emergencyNumbersFor(country).elsewhere).toEqual(elsewhere)
  })

  test('every country with a crisis line has the number of its emergency services before it', () => {
    for (const { code, lines } of Object.values(COUNTRIES)) {
      const [first, ...others] = localOf(code)
      expect(first).toMatch(/^(Emergency|Ambulance) \d+$/)
      expect(others.length).toBeGreaterThan(0)
      for (const [, contact, number] of lines) if (number !== null) expect(contact).toContain(number)
    }
  })

  test('every number can be dialled, and every code is a country', () => {
    const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
    const codes = letters.flatMap((first) => letters.map((second) => first + second))
    const listed = codes.filter((code) => emergencyNumbersFor(code).local.length > 0)
    expect(listed.length).toBeGreaterThan(80)
    for (const code of listed) {
      expect([code, regions.of(code)]).not.toEqual([code, undefined])
      const numbers = emergencyNumbersFor(code).local.map(({ number }) => number)
      for (const number of numbers) expect([code, number]).toEqual([code, expect.stringMatching(/^\d[\d ]{1,12}\d$/)])
      expect(new Set(numbers).size).toBe(numbers.length)
    }
  })
})
