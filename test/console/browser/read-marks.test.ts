import { expect, test } from 'vitest'
import { ReadMarks } from '../../../src/console/browser/read-marks.ts'

const message = (id: number, fromAdmin: boolean) => ({ id, fromAdmin, text: '', sentAt: '' })
const MESSAGES = [message(1, false), message(2, true), message(3, true), message(4, false), message(5, true)]
const unreadOf = (marks: ReadMarks): number[] => marks.unread(MESSAGES).map(({ id }) => id)

test('unread are the messages of the other side after the own mark, wherever that mark was set', () => {
  const person = new ReadMarks(false)
  expect(unreadOf(person)).toEqual([2, 3, 5])
  person.setOwn(2)
  expect(unreadOf(person)).toEqual([3, 5])
  // In another tab.
  person.set(false, 3)
  expect(unreadOf(person)).toEqual([5])
  expect(unreadOf(new ReadMarks(true))).toEqual([1, 4])
})

test('a mark moves forward only, and the other side has one of its own', () => {
  const person = new ReadMarks(false)
  person.setOwn(5)
  person.set(false, 2)
  person.set(true, 4)
  person.set(true, 1)
  expect(unreadOf(person)).toEqual([])
  expect(person.other).toBe(4)
})
