import { expect, test } from 'vitest'
import { ANY, differencesIn, type Expected, mergedPages, Rows } from '../../../../src/cli/move/answers/expected.ts'

const isOfSource = (list: string, id: string): boolean => list === 'contact' && Number(id) < 10

const findings = (body: unknown, expected: Expected): string[] =>
  differencesIn(body, expected, isOfSource).map(({ row, finding }) => (row === null ? finding : `${row} ${finding}`))

test('an object has the expected keys and values, and no others', () => {
  const expected: Expected = { id: 7, name: 'Ann', bio: '', at: /^2026/, other: ANY, plan: null, groups: [1, 2] }
  const body = { id: 7, name: 'Ann', bio: '', at: '2026-11-30', other: [], plan: null, groups: [1, 2] }
  expect(findings(body, expected)).toEqual([])
  const { bio: _, ...withoutBio } = body
  expect(findings({ ...withoutBio, more: 1 }, expected)).toEqual(['bio: missing', 'more: not expected'])
  expect(findings({ ...body, id: '7', name: 'Ben', at: '2025', plan: {}, groups: [1] }, expected)).toEqual([
    'id: a value of another type',
    'name: another value',
    'at: another value',
    'plan: a value of another type',
    'groups: another number of values',
  ])
  expect(findings(undefined, expected)).toEqual(['no object'])
  expect(findings({ user: { id: 8 } }, { user: { id: 7 } })).toEqual(['user.id: another value'])
  expect(findings({ user: null, items: {} }, { user: { id: 7 }, items: [1] })).toEqual(['user: no object', 'items: no list'])
})

const contacts = (...ids: number[]) => ids.map((id) => ({ id, name: `${id}` }))
const rows = (...ids: number[]) =>
  new Rows(
    'contact',
    'id',
    ids.map((id) => ({ id: `${id}`, row: { id, name: `${id}` } })),
  )

test('a list has the expected rows, in their order, and rows that were added since', () => {
  expect(findings(contacts(1, 2), rows(1, 2))).toEqual([])
  expect(findings(contacts(11, 1, 12, 2), rows(1, 2))).toEqual([])
  expect(findings({ data: contacts(1, 3) }, { data: rows(1, 2, 3) })).toEqual(['2 data: a row is missing'])
  expect(findings(contacts(2, 1), rows(1, 2))).toEqual(['2 a row is in another place'])
  expect(findings(contacts(1, 1), rows(1))).toEqual(['1 a row is there twice'])
  expect(findings([{ id: 1, name: 'Ann' }, 'x'], rows(1))).toEqual(['an item that is no object', '1 name: another value'])
  expect(findings({}, rows(1))).toEqual(['no list'])
})

test('a row of the source that belongs to another list is found', () => {
  expect(findings(contacts(1, 4), rows(1))).toEqual(['4 a row that does not belong here'])
})

test('pages are compared as one list', () => {
  const pages = [
    { count: 3, results: contacts(1, 2) },
    { count: 3, results: contacts(3) },
  ]
  expect(findings(mergedPages(pages), { count: 3, results: rows(1, 2, 3) })).toEqual([])
  expect(mergedPages([contacts(1), contacts(2), contacts(3)])).toEqual(contacts(1, 2, 3))
  expect(
    mergedPages([
      { a: contacts(1), b: [] },
      { a: [], b: contacts(2) },
    ]),
  ).toEqual({ a: contacts(1), b: contacts(2) })
})
