import { expect, test } from 'vitest'
import { at, call } from '../../support/call.ts'
import { type Person, person } from '../../support/people.ts'

const PREFERENCE = {
  Age: [25, 32],
  Height: [150, 185],
  Weight: [45, 85],
  Income: [300000, 2000000],
  Profession: ['Teacher', 'Doctor'],
  Education: ["Master's Degree"],
  Location: ['Kochi', 'Thrissur'],
  Language: ['Malayalam'],
  Caste: ['Nair'],
  Religion: ['Hindu'],
  Gender: 'Male',
  Marital_status: 'Single',
}
const T = 'You do not have permission to perform this action.'

const add = ({ token }: Person, json: unknown = PREFERENCE) => call('POST', '/preference/', { as: token, json })
const read = ({ token }: Person) => call('GET', '/preference/preferencebyId/', { as: token })

test('17 and 18: a preference can be created and read', async () => {
  const owner = await person()
  const added = await add(owner, { ...PREFERENCE, user_id: owner.id })
  expect([added.status, added.text]).toEqual([201, '{"message":"Preference added successfully"}'])
  const stored = await read(owner)
  const created = at(stored, 'created_on')
  expect(stored.text).toBe(JSON.stringify({ id: owner.id, ...PREFERENCE, created_on: created, updated_on: created, user_id: owner.id }))
})

test('17: everything is optional', async () => {
  const owner = await person()
  expect((await add(owner, {})).status).toBe(201)
  const stored = await read(owner)
  expect([at(stored, 'Age'), at(stored, 'Profession'), at(stored, 'Gender')]).toEqual([null, [], null])
})

test('17: only one preference is created, even by concurrent requests', async () => {
  const owner = await person()
  const answers = await Promise.all(Array.from({ length: 20 }, () => add(owner)))
  expect(answers.filter(({ status }) => status === 201).length).toBe(1)
  const again = await add(owner)
  expect([again.status, again.text]).toEqual([409, '{"user_id":["preference with this user id already exists."]}'])
})

test('17: not for another account', async () => {
  const [owner, other] = await Promise.all([person(), person()])
  for (const userId of [other.id, 999999]) {
    const response = await add(owner, { ...PREFERENCE, user_id: userId })
    expect([response.status, response.text]).toEqual([403, `{"error":"${T}","message":"${T}"}`])
  }
  const anonymous = await call('POST', '/preference/', { json: PREFERENCE })
  expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
})

test.each([
  [{ Height: 170 }, { Height: ['Height must be a list with two values representing a range [min, max].'] }],
  [{ Height: [170] }, { Height: ['Height must be a list with two values representing a range [min, max].'] }],
  [{ Height: '150-180' }, { Height: ['Height must be a list with two values representing a range [min, max].'] }],
  [{ Weight: [50.5, 70] }, { Weight: ['All values in Weight range must be integers.'] }],
  [{ Weight: ['light', 70] }, { Weight: ['All values in Weight range must be integers.'] }],
  [{ Weight: [true, null] }, { Weight: ['All values in Weight range must be integers.'] }],
  [{ Age: [40, 30] }, { Age: ['The minimum age must be less than or equal to the maximum age.'] }],
  [{ Income: [2, 1] }, { Income: ['The minimum income must be less than or equal to the maximum income.'] }],
  [{ Religion: 'Hindu' }, { Religion: ['Religion should be a list of values.'] }],
  [{ Location: Array.from({ length: 201 }, (_, n) => `Place ${n}`) }, { Location: ['Ensure this field has no more than 200 elements.'] }],
  [{ Caste: { a: 1 } }, { Caste: ['Caste should be a list of values.'] }],
  [{ Gender: 'Robot' }, { Gender: ['Invalid gender. Valid values are: Male, Female, Others'] }],
  [
    { Marital_status: 'Complicated' },
    { Marital_status: ['Invalid marital_status. Valid values are: Single, Married, Divorced, Widowed, Separated'] },
  ],
  [
    { Profession: ['Teacher', 'Pirate'] },
    { Profession: [expect.stringMatching(/^Invalid profession\(s\)\. Valid values are: Software Engineer, Doctor, /)] },
  ],
  [
    { Age: 'x', Language: [5], Gender: 'Robot', Religion: 'x' },
    {
      Age: ['Age must be a list with two values representing a range [min, max].'],
      Language: [expect.stringMatching(/^Invalid language\(s\)\. Valid values are: English, /)],
      Religion: ['Religion should be a list of values.'],
      Gender: ['Invalid gender. Valid values are: Male, Female, Others'],
    },
  ],
])('17 and 19: %o is rejected', async (preference, errors) => {
  const owner = await person()
  const response = await add(owner, preference)
  expect([response.status, response.json]).toEqual([400, errors])
  expect(Object.keys(Object(response.json))).toEqual(Object.keys(errors))
  expect((await read(owner)).status).toBe(404)
  await add(owner, {})
  const changed = await call('PATCH', '/preference/preferencebyId/', { as: owner.token, json: preference })
  expect([changed.status, changed.json]).toEqual([400, errors])
})

test('18 and 19: 404 if there is no preference yet', async () => {
  const owner = await person()
  const none = await read(owner)
  expect([none.status, none.text]).toEqual([404, '{"message":"preference not found"}'])
  for (const method of ['PUT', 'PATCH']) {
    const response = await call(method, '/preference/preferencebyId/', { as: owner.token, json: { Age: [20, 30] } })
    expect([response.status, response.text]).toEqual([404, '{"message":"Preference not found"}'])
  }
})

test.each(['PUT', 'PATCH'])('19: %s changes only the fields that are sent', async (method) => {
  const owner = await person()
  await add(owner)
  const before = await read(owner)
  const changed = await call(method, '/preference/preferencebyId/', {
    as: owner.token,
    json: { Age: ['20', 30], Location: [], Religion: null, Gender: null },
  })
  expect(changed.status).toBe(200)
  expect(changed.json).toEqual({
    ...Object(before.json),
    Age: [20, 30],
    Location: [],
    Religion: [],
    Gender: null,
    updated_on: at(changed, 'updated_on'),
  })
  const restored = await call(method, '/preference/preferencebyId/', { as: owner.token, json: before.json })
  expect(restored.json).toEqual({ ...Object(before.json), updated_on: at(restored, 'updated_on') })
})

test('17: a form may repeat a field or hold JSON in it', async () => {
  const owner = await person()
  const fields = new FormData()
  for (const [name, value] of [
    ['Age', '25'],
    ['Age', '32'],
    ['Height', '[150, 185]'],
    ['Profession', 'Teacher'],
    ['Profession', 'Doctor'],
    ['Language', '["Hindi"]'],
    ['Gender', 'Male'],
  ] as const) {
    fields.append(name, value)
  }
  const added = await call('POST', '/preference/', { as: owner.token, body: fields })
  expect(added.status).toBe(201)
  const stored = await read(owner)
  expect([at(stored, 'Age'), at(stored, 'Height'), at(stored, 'Profession'), at(stored, 'Language')]).toEqual([
    [25, 32],
    [150, 185],
    ['Teacher', 'Doctor'],
    ['Hindi'],
  ])
})
