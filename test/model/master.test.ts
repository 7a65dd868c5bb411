import { expect, test } from 'vitest'
import { choicesIn, MASTER_TYPES } from '../../src/model/master.ts'

test('one value and several values become one choice each, with the type of their list', () => {
  expect(choicesIn({ gender: 'Male', caste: ['Nair', 'Jat'], marital_status: 'Single' })).toEqual([
    { type: 'gender', value: 'Male' },
    { type: 'caste', value: 'Nair' },
    { type: 'caste', value: 'Jat' },
    { type: 'marital_status', value: 'Single' },
  ])
})

test('a field that is empty or not set is no choice', () => {
  expect(choicesIn({ gender: '', caste: [], religion: null, location: undefined })).toEqual([])
})

test('each type can be chosen', () => {
  for (const type of MASTER_TYPES) expect(choicesIn({ [type]: 'x' })).toEqual([{ type, value: 'x' }])
})
