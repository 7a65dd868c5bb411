import { describe, expect, test } from 'vitest'
import { FIRST_ID_AFTER_MOVES, movedAccountId, numberingsOf, parseFormerIds, renumber } from '../../src/model/contract-numbers.ts'

const numberings = numberingsOf({ mindharmony: 58, recovery: 59 })
const { mindharmony, recovery, facility } = numberings

describe('the numbers of a contract', () => {
  test('people who moved in have their former number in their contract, and their id in the others', () => {
    const id = movedAccountId(recovery, 57) ?? 0
    expect(id).toBe(4 * 2 ** 28 + 57)
    expect(renumber(recovery, id)).toBe(57)
    expect(renumber(recovery, 57)).toBe(id)
    for (const other of [mindharmony, facility]) expect(renumber(other, id)).toBe(id)
  })

  test('people with a number that the former server has given out have another one in that contract alone', () => {
    expect(renumber(recovery, 12)).toBe(4 * 2 ** 28 + 12)
    expect(renumber(recovery, 58)).toBe(4 * 2 ** 28 + 58)
    expect(renumber(recovery, 59)).toBe(59)
    expect(renumber(mindharmony, 57)).toBe(2 ** 28 + 57)
    expect(renumber(mindharmony, 58)).toBe(58)
    expect(renumber(facility, 12)).toBe(12)
  })

  test('no two accounts have one number, and every number leads back to its account', () => {
    const around = (id: number) => Array.from({ length: 130 }, (_, index) => id - 65 + index)
    const ids = [0, ...Object.values(numberings).map(({ block }) => block), FIRST_ID_AFTER_MOVES].flatMap(around).filter((id) => id >= 0)
    for (const numbering of Object.values(numberings)) {
      expect(new Set(ids.map((id) => renumber(numbering, id))).size).toBe(ids.length)
      for (const id of ids) expect(renumber(numbering, renumber(numbering, id))).toBe(id)
    }
    // Invalid ids map to 0, which matches no account.
    expect(renumber(recovery, 0)).toBe(0)
  })

  test('a number that the former server has not assigned is no account that moved in', () => {
    for (const number of [0, -1, 59, 60, 1.5, Number.NaN]) expect(movedAccountId(recovery, number)).toBeNull()
    expect(movedAccountId(facility, 1)).toBeNull()
    expect(movedAccountId(recovery, 58)).toBe(4 * 2 ** 28 + 58)
  })

  test('all ids fit in 31 bits', () => {
    const last = numberingsOf({ recovery: 2 ** 28 }).recovery
    expect(movedAccountId(last, 2 ** 28 - 1)).toBeLessThan(FIRST_ID_AFTER_MOVES)
    expect(FIRST_ID_AFTER_MOVES).toBeLessThan(2 ** 31 - 2 ** 29)
  })
})

test('the setting names each contract once, with a number that has a place', () => {
  expect(parseFormerIds('')).toEqual({})
  expect(parseFormerIds('recovery:59, facility : 62')).toEqual({ recovery: 59, facility: 62 })
  for (const list of [
    'recovery',
    'recovery:',
    'recovery:x',
    'recovery:0',
    'recovery:-1',
    'recovery:1;facility:2',
    'toString:5',
    'meetups:5',
  ]) {
    expect([list, parseFormerIds(list)]).toEqual([list, null])
  }
})
