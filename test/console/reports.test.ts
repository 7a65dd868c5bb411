import { expect, test } from 'vitest'
import { at, call } from '../support/call.ts'
import { person, personWith } from '../support/people.ts'

const listReports = (token: string, query = '') => call('GET', `/console/api/reports/${query}`, { as: token })

test('staff list the reports about members, newest first and page by page; other accounts cannot', async () => {
  const [staff, ada, bob] = [await personWith('is_staff'), await person('ada'), await person('bob')]
  for (const reason of ['One.', 'Two.', 'Three.']) {
    expect((await call('POST', `/matching/report/${bob.id}/`, { as: ada.token, json: { reason } })).status).toBeLessThan(300)
  }
  const first = await listReports(staff.token, '?limit=2')
  expect(at(first, 'reports')).toMatchObject([
    { reporter: { id: ada.id, username: ada.username }, reported: { id: bob.id, username: bob.username }, reason: 'Three.' },
    { reason: 'Two.' },
  ])
  const second = await listReports(staff.token, `?limit=2&cursor=${at(first, 'next')}`)
  expect([at(second, 'reports', 0, 'reason'), at(second, 'next')]).toEqual(['One.', null])

  const forbidden = await listReports(ada.token)
  expect([forbidden.status, forbidden.json]).toEqual([403, { detail: 'You do not have permission to perform this action.' }])
  expect((await call('GET', '/console/api/reports/')).status).toBe(401)
})
