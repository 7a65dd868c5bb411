import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { findMasterValues, findUnknownChoices } from '../../../src/store/master.ts'
import { at, call } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { operator } from '../../support/matrimony.ts'
import { freshName, person, personWith } from '../../support/people.ts'

const T = 'You do not have permission to perform this action.'

test('the first migration adds eight types and 195 values, with their ids and codes', async () => {
  const { token } = await personWith('is_superuser')
  const types = await call('GET', '/commonmatch/getdetails/', { as: token })
  const listed = Object(at(types, 'results')).map((row: Record<string, unknown>) => [row.type_id, row.type])
  expect(listed).toEqual([
    [12, 'gender'],
    [14, 'caste'],
    [15, 'religion'],
    [17, 'education'],
    [18, 'profession'],
    [21, 'location'],
    [22, 'language'],
    [23, 'marital_status'],
  ])
  expect(types.text).toMatch(
    /^\{"count":8,"next":null,"previous":null,"results":\[\{"type_id":12,"type":"gender","created_on":"[^"]+","updated_on":"[^"]+"\}/,
  )
  const values = await call('GET', '/commonmatch/list/', { as: token })
  expect(values.text).toMatch(
    /^\{"count":195,"next":"https:\/\/concord\.test\/commonmatch\/list\/\?page=2","previous":null,"results":\[\{"id":1,"type":12,"value":"Male","code":"GE001","created_on":"[^"]+","updated_on":"[^"]+"\}/,
  )
  const last = await call('GET', '/commonmatch/list/?page=20', { as: token })
  expect(Object(at(last, 'results')).map((row: Record<string, unknown>) => [row.id, row.value, row.code])).toEqual([
    [327, 'OBC', 'CA062'],
    [328, 'GENERAL', 'CA063'],
    [329, 'MBBS', 'ED026'],
    [330, 'MSW', 'ED027'],
    [331, 'MTTM', 'ED028'],
  ])
  expect((await call('GET', '/commonmatch/list/?page=last', { as: token })).text).toBe(last.text)
  const beyond = await call('GET', '/commonmatch/list/?page=21', { as: token })
  expect([beyond.status, beyond.text]).toEqual([404, '{"detail":"Invalid page."}'])
})

test('22: a type must be one of eight values, and each can be created only once', async () => {
  const { token } = await personWith('is_superuser')
  const again = await call('POST', '/commonmatch/', { as: token, json: { type: 'caste' } })
  expect([again.status, again.text]).toEqual([400, '{"type":["common matching table with this type already exists."]}'])
  const unknown = await call('POST', '/commonmatch/', { as: token, json: { type: 'zz' } })
  expect([unknown.status, unknown.text]).toEqual([400, '{"type":["\\"zz\\" is not a valid choice."]}'])
  const missing = await call('POST', '/commonmatch/', { as: token })
  expect([missing.status, missing.text]).toEqual([400, '{"type":["This field is required."]}'])

  await env.DB.prepare("DELETE FROM master_types WHERE type = 'language'").run()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call('POST', '/commonmatch/', { as: token, json: { type: 'language' } })),
  )
  const created = answers.filter(({ status }) => status === 200)
  expect(created.length).toBe(1)
  expect(created[0]?.text).toMatch(
    /^\{"message":"New type successfully created!","type_id":\d+,"type":"language","created_on":"[^"]+","updated_on":"[^"]+"\}$/,
  )
  const first = await call('POST', '/commonmatch/master/', {
    as: token,
    json: [{ type: at(created[0] ?? again, 'type_id'), value: 'Esperanto' }],
  })
  expect(at(first, 'data', 0, 'code')).toBe('LA001')
})

test('24: each new value gets the next code of its type', async () => {
  const { token } = await personWith('is_superuser')
  const [one, two, three] = [freshName(), freshName(), freshName()]
  const added = await call('POST', '/commonmatch/master/', {
    as: token,
    json: [
      { type: 15, value: one },
      { type: 23, value: two },
      { type: '15', value: three },
    ],
  })
  expect(added.status).toBe(200)
  const [id, created] = [Number(at(added, 'data', 0, 'id')), at(added, 'data', 0, 'created_on')]
  const row = (number: number, type: number, value: string, code: string) =>
    `{"id":${number},"type":${type},"value":"${value}","code":"${code}","created_on":"${created}","updated_on":"${created}"}`
  expect(added.text).toBe(
    `{"message":"Master data created Successfully","data":[${row(id, 15, one, 'RE020')},${row(id + 1, 23, two, 'MS006')},${row(id + 2, 15, three, 'RE021')}]}`,
  )
  const none = await call('POST', '/commonmatch/master/', { as: token, json: [] })
  expect([none.status, none.text]).toEqual([400, '{"non_field_errors":["This list may not be empty."]}'])
})

test('24: all values are added or none, and the response lists the errors of each row', async () => {
  const { token } = await personWith('is_superuser')
  const fresh = freshName()
  const response = await call('POST', '/commonmatch/master/', {
    as: token,
    json: [
      { type: 14, value: fresh },
      { type: 55, value: 'X' },
      { type: 14, value: 'GENERAL' },
      { type: 14, value: fresh },
    ],
  })
  expect([response.status, response.text]).toEqual([
    400,
    '[{},{"type":["Invalid pk \\"55\\" - object does not exist."]},{"value":["master table with this value already exists."]},{"value":["master table with this value already exists."]}]',
  ])
  const shapes = await call('POST', '/commonmatch/master/', {
    as: token,
    json: [{ type: 14, value: fresh }, 'x', { type: 'caste' }, { type: true, value: '' }, { type: 14, value: 'OBC' }],
  })
  expect([shapes.status, shapes.text]).toEqual([
    400,
    '[{},{"non_field_errors":["Invalid data. Expected a dictionary, but got str."]},{"type":["Incorrect type. Expected pk value, received str."],"value":["This field is required."]},{"type":["Incorrect type. Expected pk value, received bool."],"value":["This field may not be blank."]},{"value":["master table with this value already exists."]}]',
  ])
  const stored = await env.DB.prepare('SELECT count(*) AS n FROM master_values WHERE value = ?').bind(fresh).first<number>('n')
  expect(stored).toBe(0)
})

test('24: a body that is not a list is rejected', async () => {
  const { token } = await personWith('is_superuser')
  const singleObject = await call('POST', '/commonmatch/master/', { as: token, json: { type: 14, value: 'X' } })
  expect([singleObject.status, singleObject.text]).toEqual([
    400,
    '{"non_field_errors":["Expected a list of items but got type \\"dict\\"."]}',
  ])
  const empty = await call('POST', '/commonmatch/master/', { as: token })
  expect(empty.text).toBe('{"non_field_errors":["Expected a list of items but got type \\"dict\\"."]}')
  const malformed = await call('POST', '/commonmatch/master/', {
    as: token,
    body: '[{',
    headers: { 'Content-Type': 'application/json' },
  })
  expect(malformed.status).toBe(400)
  expect(malformed.text).toContain('JSON parse error - ')
})

test('24: fifty concurrent creations never share a code', async () => {
  const { token } = await personWith('is_superuser')
  const before = await env.DB.prepare('SELECT count(*) AS n FROM master_values WHERE type_id = 21').first<number>('n')
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => call('POST', '/commonmatch/master/', { as: token, json: [{ type: 21, value: freshName() }] })),
  )
  const codes = answers.map((answer) => String(at(answer, 'data', 0, 'code'))).sort()
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(codes).toEqual(Array.from({ length: 50 }, (_, index) => `LO${String(Number(before) + 1 + index).padStart(3, '0')}`))
  const value = freshName()
  const same = await Promise.all(
    Array.from({ length: 20 }, () => call('POST', '/commonmatch/master/', { as: token, json: [{ type: 21, value }] })),
  )
  expect(same.filter(({ status }) => status === 200).length).toBe(1)
})

test('22–25: the caller needs all three flags or is_superuser', async () => {
  const paths = [
    ['POST', '/commonmatch/'],
    ['GET', '/commonmatch/getdetails/'],
    ['POST', '/commonmatch/master/'],
    ['GET', '/commonmatch/list/'],
  ] as const
  const [member, admin, staff, superuser] = await Promise.all([
    person(),
    personWith('is_admin'),
    personWith('is_staff', 'is_admin'),
    operator(),
  ])
  for (const [method, path] of paths) {
    for (const { token } of [member, admin, staff]) {
      const response = await call(method, path, { as: token, ...(method === 'POST' && { json: {} }) })
      expect([response.status, response.text]).toEqual([403, `{"error":"${T}","detail":"${T}"}`])
    }
    const anonymous = await call(method, path)
    expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
  }
  expect((await call('GET', '/commonmatch/list/', { as: superuser.token })).status).toBe(200)
})

test('the lists and the value lookups use indexes', async () => {
  // A numbered page reads every row before it. That is acceptable here: only admins read these short lists.
  const page = await explain((store) => findMasterValues(store, 20, 10))
  expect(expensiveSteps(page, 'master_values')).toEqual([])
  const known = await explain((store) => findUnknownChoices(store, [{ type: 'caste', value: 'GENERAL' }]))
  expect(expensiveSteps(known, 'chosen', 'ordered')).toEqual([])
  expect(known.length).toBeGreaterThan(3)
})
