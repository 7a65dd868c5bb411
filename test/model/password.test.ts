import { expect, test } from 'vitest'
import { PASSWORD_MAX, PASSWORD_MIN, type PasswordProblem, problemsOf } from '../../src/model/password.ts'

test.each<[string, string, boolean, PasswordProblem[]]>([
  ['the shortest', 'a'.repeat(PASSWORD_MIN), false, []],
  ['one character less', 'a'.repeat(PASSWORD_MIN - 1), false, ['too-short']],
  ['the longest', 'a'.repeat(PASSWORD_MAX), false, []],
  ['one character more', 'a'.repeat(PASSWORD_MAX + 1), false, ['too-long']],
  ['characters that need two code units each', '😀'.repeat(PASSWORD_MIN - 1), false, ['too-short']],
  ['a common one', 'password', true, ['too-common']],
  ['digits', '74839265', false, ['entirely-numeric']],
  ['digits of another script', '٧٤٨٣٩٢٦٥', false, ['entirely-numeric']],
  ['everything at once', '123', true, ['too-short', 'too-common', 'entirely-numeric']],
])('%s', (_name, password, isCommon, problems) => {
  expect(problemsOf(password, { isCommon })).toEqual(problems)
})
