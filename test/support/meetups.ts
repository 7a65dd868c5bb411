import { expect } from 'vitest'
import { at, call, type TestResponse, textAt } from './call.ts'
import type { Person } from './people.ts'

export const UNKNOWN_ID = '0123456789abcdef01234567'

export const LOCATION = { name: "John's house", address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
export const GAME_NIGHT = {
  title: 'Game Night',
  description: 'Lots of fun and laughters with friends.',
  location: LOCATION,
  start_time: '2025-09-28 12:00:00',
  end_time: '2025-09-28 15:00:00',
}

export const add = (as: Person, changes: Record<string, unknown> = {}): Promise<TestResponse> =>
  call('POST', '/api/plans/add', { as: as.token, json: { ...GAME_NIGHT, ...changes } })

export const addedId = async (as: Person, changes: Record<string, unknown> = {}): Promise<string> => {
  const created = await add(as, changes)
  expect(created.status, created.text).toBe(201)
  return textAt(created, 'id')
}

export const requestFriend = (from: Person, to: Pick<Person, 'objectId'>): Promise<TestResponse> =>
  call('POST', `/api/friends/request/${to.objectId}/`, { as: from.token })

export const respond = (as: Person, id: string, action: unknown): Promise<TestResponse> =>
  call('POST', `/api/friends/respond/${id}/`, { as: as.token, json: { action } })

export const befriend = async (one: Person, other: Person): Promise<string> => {
  const requested = await requestFriend(one, other)
  expect(requested.status).toBe(201)
  expect((await requestFriend(other, one)).status).toBe(200)
  return textAt(requested, 'id')
}

export const addRsvp = (as: Person, planId: string): Promise<TestResponse> =>
  call('POST', '/api/rsvp/add', { as: as.token, json: { plan_id: planId } })

export const ids = (response: TestResponse, ...path: string[]): unknown[] => {
  const list = path.length > 0 ? at(response, ...path) : response.json
  if (!Array.isArray(list)) throw new Error(`no list: ${response.text}`)
  return list.map((item: { _id?: unknown }) => item._id)
}

/** Every page of a list, following its `Link` headers. */
export const pages = async (as: Person, path: string): Promise<TestResponse[]> => {
  const responses: TestResponse[] = []
  for (let next: string | undefined = path; next !== undefined && responses.length < 20; ) {
    const page = await call('GET', next, { as: as.token })
    expect(page.status, page.text).toBe(200)
    responses.push(page)
    next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('Link') ?? '')?.[1]
  }
  return responses
}
