import { expect, test } from 'vitest'
import { call } from '../support/call.ts'
import { person } from '../support/people.ts'

test('a session is written down and listed', async () => {
  const { token } = await person()
  const made = await call('POST', '/session/', { as: token, json: { name: 'Session 1', date: '2024-07-06', duration: 60 } })
  expect(made.status).toBe(201)
  const listed = await call('GET', '/session', { as: token })
  expect(listed.text).toBe(`[${made.text}]`)
})
