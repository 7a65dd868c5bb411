import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { allContracts } from '../../src/app.ts'
import { insertPlan } from '../../src/store/plans.ts'
import { createStore } from '../../src/store/store.ts'
import { at, call, type TestResponse, textAt } from '../support/call.ts'
import { insertManyProfiles } from '../support/many-profiles.ts'
import { insertPreferenceFor, insertProfileFor, operator, plan, subscribe } from '../support/matrimony.ts'
import { type Person, person, personWith } from '../support/people.ts'

/**
 * A member who is separated from another one by a block, or whose account is closed, is hidden: no GET route of any contract
 * shows anything of theirs, and a route with their id in its path responds as for an id that does not exist. The routes are
 * those of `allContracts`, so a new route is checked without a change here.
 */

/** Ids that are recognisable in every response. No account has the unknown ones. */
const FIRST_ID = 770_000_000
const UNKNOWN = { accountId: '880000001', objectId: 'f'.repeat(24) }

const LOCATION = { address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
const TIMES = { start_time: '2035-09-28 12:00:00', end_time: '2035-09-28 15:00:00' }

const post = async (as: Person, path: string, json: unknown = {}): Promise<TestResponse> => {
  const response = await call('POST', path, { as: as.token, json })
  if (response.status >= 300) throw new Error(`${path}: ${response.text}`)
  return response
}

const createPlan = async (creator: Person, title: string) =>
  textAt(await post(creator, '/api/plans/add', { title, location: LOCATION, ...TIMES }), '_id')

/** What a reader sees of the other member, by name: texts that occur nowhere else. */
type Markers = Readonly<Record<string, string>>

interface Scene {
  readonly reader: Person
  readonly other: Person
  readonly markers: Markers
  /** The ids that are tried as path parameters: each with one of the same form that does not exist. */
  readonly ids: readonly (readonly [id: string, unknown: string])[]
  /** Makes what routes mark as read unread again: a message, and a notification that names the other member. */
  readonly restore: () => Promise<unknown>
}

const rename = async (someone: Person, username: string) =>
  env.DB.prepare('UPDATE accounts SET username = ?, username_key = ? WHERE id = ?').bind(username, username, someone.id).run()

let scenes = 0

/** Two friends who have as much to do with each other as two members can have, and a third member's plan that both attend. */
const setTheScene = async (): Promise<Scene> => {
  const mark = (text: string) => `${text}${scenes}zq`
  scenes++
  const [reader, other, third] = [await person('reader'), await person('other'), await person('third')]
  const texts = {
    username: mark('username'),
    firstName: mark('firstname'),
    lastName: mark('lastname'),
    meetupsBio: mark('meetupsbio'),
    practiceBio: mark('practicebio'),
    practiceLocation: mark('practicelocation'),
    matrimonyBio: mark('matrimonybio'),
    matrimonyLocation: mark('matrimonylocation'),
    picture: mark('picture'),
    planTitle: mark('plantitle'),
    cancelledPlanTitle: mark('cancelledtitle'),
    message: mark('message'),
  }
  await rename(other, texts.username)
  const names = { first_name: texts.firstName, last_name: texts.lastName, bio: texts.meetupsBio }
  await call('PATCH', '/api/profile/update/', { as: other.token, json: names })
  await call('PATCH', `/user/profile/${other.id}`, { as: other.token, json: { bio: texts.practiceBio, location: texts.practiceLocation } })
  for (const one of [reader, other]) await insertPreferenceFor(one)
  await insertProfileFor(reader)
  const profile = { bio: texts.matrimonyBio, location: texts.matrimonyLocation, image: texts.picture, created_at: Date.now() + 1_000_000 }
  await insertProfileFor(other, profile)
  for (const one of [reader, other]) await subscribe(one, await plan())
  await call('POST', '/notification/newmatch/', { as: (await operator()).token })

  const requestId = textAt(await post(other, `/api/friends/request/${reader.objectId}/`), 'id')
  await post(reader, `/api/friends/respond/${requestId}/`, { action: 'accept' })
  const [planId, cancelledId, sharedId] = [
    await createPlan(other, texts.planTitle),
    await createPlan(other, texts.cancelledPlanTitle),
    await createPlan(third, 'Shared'),
  ]
  for (const plan_id of [planId, cancelledId, sharedId]) await post(reader, '/api/rsvp/add', { plan_id })
  const rsvpId = textAt(await post(other, '/api/rsvp/add', { plan_id: sharedId }), 'id')
  await call('DELETE', `/api/plans/${cancelledId}/delete`, { as: other.token })
  await post(reader, `/api/plans/${await createPlan(other, texts.planTitle)}/dismiss`)
  for (const content of [texts.message, texts.message]) await post(other, '/message/', { receiver_id: reader.id, content })
  await env.DB.prepare('UPDATE direct_messages SET is_read = 1 WHERE id = (SELECT min(id) FROM direct_messages WHERE receiver_id = ?)')
    .bind(reader.id)
    .run()

  const ids = { accountId: String(other.id), objectId: other.objectId, planId, rsvpId, requestId }
  return {
    reader,
    other,
    markers: { ...texts, ...ids, email: other.email },
    ids: [
      [ids.accountId, UNKNOWN.accountId],
      ...[other.objectId, planId, rsvpId, requestId].map((id) => [id, UNKNOWN.objectId] as const),
      ...[sharedId, String(reader.id), reader.objectId].map((id) => [id, id] as const),
    ],
    restore: () =>
      env.DB.batch([
        env.DB.prepare(
          'UPDATE direct_messages SET is_read = 0 WHERE id = (SELECT max(id) FROM direct_messages WHERE receiver_id = ?)',
        ).bind(reader.id),
        env.DB.prepare("UPDATE notifications SET is_read = 0 WHERE receiver_id = ? AND kind = 'match'").bind(reader.id),
      ]),
  }
}

interface Visit {
  readonly route: string
  readonly url: string
  readonly response: TestResponse
  /** The same request with ids that do not exist; its response with the ids of this one. Null if not sent, or if the URL has no such id. */
  readonly unknown: { readonly status: number; readonly text: string } | null
}

const GET_ROUTES = allContracts.flatMap(({ routes }) => routes.filter(({ method }) => method === 'GET'))

/** The queries that a route is tried with, beside none. */
const queriesFor = (path: string, { reader, other, markers }: Scene): string[] => {
  if (path === '/api/users/') return ['', `?search=${markers.username}`, `?search=${markers.firstName}`, `?search=${markers.lastName}`]
  if (path === '/api/plans') return ['', '?friends=true', '?friends=false', '?from=2035-01-01', '?friends=true&to=2036-01-01']
  if (path === '/matching/find-match/') return [`?user1_id=${reader.id}&user2_id=${other.id}`]
  if (path === '/profile/') return ['', '?page=last']
  return ['']
}

interface WalkOptions {
  /** Whether to send each request again with ids that do not exist. */
  readonly compare: boolean
}

const walk = async (scene: Scene, { compare }: WalkOptions): Promise<Visit[]> => {
  const { reader, ids, restore } = scene
  const visits: Visit[] = []
  await restore()
  for (const { path, changesState } of GET_ROUTES) {
    const get = async (url: string) => {
      const response = await call('GET', url, { as: reader.token })
      if (changesState) await restore() // test/cost/routes.test.ts finds a route that writes without the mark.
      return response
    }
    const unknowns = new Map<string, TestResponse>() // several ids have the same unknown one
    const getUnknown = async (url: string) => {
      const response = unknowns.get(url) ?? (await get(url))
      unknowns.set(url, response)
      return response
    }
    const hasParams = path.includes('{')
    for (const [id, unknownId] of hasParams ? ids : ids.slice(0, 1)) {
      for (const query of queriesFor(path, scene)) {
        const url = `${path.replaceAll(/\{\w+\}/g, id)}${query}`
        const response = await get(url)
        const unknownUrl = url.replaceAll(id, unknownId)
        const unknown = compare && unknownUrl !== url ? await getUnknown(unknownUrl) : null
        visits.push({
          route: `GET ${path}`,
          url,
          response,
          unknown: unknown && { status: unknown.status, text: unknown.text.replaceAll(unknownId, id) },
        })
      }
    }
  }
  return visits
}

/** The names of the markers in a response, without those that the request itself contains. */
const shownIn = ({ response, url }: Visit, markers: Markers): string[] =>
  Object.entries(markers).flatMap(([name, text]) => (response.text.includes(text) && !url.includes(text) ? [name] : []))

/** What each route shows, as `GET /path: marker`. */
const shown = (visits: readonly Visit[], markers: Markers): string[] =>
  [...new Set(visits.flatMap((visit) => shownIn(visit, markers).map((name) => `${visit.route}: ${name}`)))].sort()

const differsFromUnknown = (visits: readonly Visit[]): string[] => [
  ...new Set(
    visits.flatMap(({ route, response, unknown }) =>
      unknown && (response.status !== unknown.status || response.text !== unknown.text) ? [route] : [],
    ),
  ),
]

const HISTORY = 'GET /message/viewhistory/{user_id}/'

/** The messages that a member has received are their own records: they stay, as does the number of the member who sent them. */
const MESSAGE_ROUTES = [
  'GET /message/',
  'GET /message/getnewmessages',
  'GET /message/messagebyreceiver/',
  'GET /message/unreadmessages/',
  HISTORY,
  'GET /notification/unread/{user_id}',
  'GET /account/export', // the reader's copy of their own records
]
const MESSAGES = MESSAGE_ROUTES.flatMap((route) =>
  // The path of the history names the other member itself.
  (route === HISTORY ? ['message'] : ['accountId', 'message']).map((name) => `${route}: ${name}`),
)
/** What a member keeps when another account is closed, because it may be opened again. A block deletes it. */
const KEPT_WHEN_CLOSED = [
  'GET /api/rsvp/user: planId', // the reader's own RSVP
  'GET /api/calendar.ics: cancelledPlanTitle', // the notice of a cancellation that the reader's calendar may not have seen yet
  'GET /message/viewmatch/: accountId', // a notification that the reader has received
  'GET /notification/getall/: accountId',
  'GET /notification/getallunread/: accountId',
  'GET /account/export: planId', // the reader's own RSVP
  'GET /account/export: requestId', // the reader's own friend request
]

beforeAll(() => insertManyProfiles(FIRST_ID, FIRST_ID)) // later accounts have higher ids

const HIDING: Readonly<Record<string, { hide: (scene: Scene) => Promise<unknown>; kept: readonly string[] }>> = {
  'the other member blocks the reader': { hide: ({ reader, other }) => post(other, `/matching/block/${reader.id}/`), kept: [] },
  'the reader blocks the other member': { hide: ({ reader, other }) => post(reader, `/matching/block/${other.id}/`), kept: [] },
  'the account is deactivated': {
    hide: ({ other }) => call('PUT', '/users/deactivate/', { as: other.token }),
    kept: KEPT_WHEN_CLOSED,
  },
  'the account is suspended': {
    hide: async ({ other }) => call('PATCH', `/users/deactivateuser/${other.id}`, { as: (await operator()).token }),
    kept: KEPT_WHEN_CLOSED,
  },
}

describe.each(Object.entries(HIDING))('when %s', (_how, { hide, kept }) => {
  test('no GET route shows anything of the other member any more', async () => {
    const scene = await setTheScene()
    const before = await walk(scene, { compare: false })
    // Everything but the e-mail address is shown by some route before.
    const names = new Set(before.flatMap((visit) => shownIn(visit, scene.markers)))
    expect([...names].sort()).toEqual(
      Object.keys(scene.markers)
        .filter((name) => name !== 'email')
        .sort(),
    )
    await hide(scene)
    const after = await walk(scene, { compare: true })
    expect(after.filter(({ response }) => response.status >= 500)).toEqual([])
    expect(shown(after, scene.markers)).toEqual([...MESSAGES, ...kept].sort())
    expect(differsFromUnknown(after)).toEqual([HISTORY])
  })

  test('a request that acts on the other member fails as for an account that does not exist', async () => {
    const scene = await setTheScene()
    const { reader, other, markers } = scene
    await hide(scene)
    const [planId = '', id = ''] = [markers.planId, String(other.id)]
    const requests: [method: string, path: string, json?: unknown][] = [
      ['POST', `/api/friends/request/${other.objectId}/`],
      ['POST', '/api/rsvp/add', { plan_id: planId }],
      ['DELETE', `/api/rsvp/${markers.rsvpId}/delete`],
      ['PUT', `/api/plans/${planId}/edit`, { title: 'x' }],
      ['DELETE', `/api/plans/${planId}/delete`],
      ['POST', `/api/plans/${planId}/dismiss`],
      ['POST', `/api/plans/${planId}/undismiss`],
      ['PATCH', `/user/profile/${id}`, { bio: 'x' }],
      ['PUT', `/user/profile/${id}`, { bio: 'x', location: 'x' }],
      ['POST', '/matching/find-match/', { user1_id: reader.id, user2_id: id }],
    ]
    for (const [method, path, json] of requests) {
      const asUnknown = (text: string) => text.replaceAll(/[0-9a-f]{24}/g, UNKNOWN.objectId).replaceAll(id, UNKNOWN.accountId)
      const send = (url: string, body: unknown) => call(method, url, { as: reader.token, ...(body !== undefined && { json: body }) })
      const hidden = await send(path, json)
      const unknown = await send(asUnknown(path), json === undefined ? json : JSON.parse(asUnknown(JSON.stringify(json))))
      expect([path, hidden.status, asUnknown(hidden.text)]).toEqual([path, unknown.status, unknown.text])
      expect(hidden.status).toBe(404)
    }
  })
})

describe('pages of a list with hidden members', () => {
  test('profiles: every page is full, no member is missing, and the count is right', async () => {
    const reader = await person()
    // Across the limits of the counted ranges: 256 ids, and 65,536 ids.
    const start = (Math.floor(FIRST_ID / 65_536) + 3) * 65_536
    await insertManyProfiles(start - 300, start + 300)
    const hidden = `FROM accounts WHERE id BETWEEN ${start - 300} AND ${start + 300}`
    await env.DB.batch([
      env.DB.prepare(`INSERT INTO blocks SELECT ?, id, 0 ${hidden} AND id % 7 IN (0, 1)`).bind(reader.id),
      // Two who block each other are one hidden member.
      env.DB.prepare(`INSERT INTO blocks SELECT id, ?, 0 ${hidden} AND id % 7 IN (1, 2)`).bind(reader.id),
      env.DB.prepare(`UPDATE accounts SET is_active = 0 WHERE id IN (SELECT id ${hidden} AND id % 50 = 0)`),
    ])
    const { results } = await env.DB.prepare(
      `SELECT account_id FROM matrimony_profiles WHERE is_listed = 1
       AND NOT (account_id BETWEEN ${start - 300} AND ${start + 300} AND account_id % 7 IN (0, 1, 2)) ORDER BY account_id`,
    ).all<{ account_id: number }>()
    const expected = results.map(({ account_id }) => account_id)
    const page = async (number: number | string) => {
      const response = await call('GET', `/profile/?page=${number}`, { as: reader.token })
      expect(at(response, 'count')).toBe(expected.length)
      return Object(at(response, 'results')).map((row: Record<string, unknown>) => row.user_id)
    }
    const last = Math.ceil(expected.length / 10)
    for (let number = 1; number <= last; number++) expect(await page(number)).toEqual(expected.slice((number - 1) * 10, number * 10))
    expect(await page('last')).toEqual(expected.slice((last - 1) * 10))
    expect((await call('GET', `/profile/?page=${last + 1}`, { as: reader.token })).status).toBe(404)
  })

  test('people and RSVPs: the pages that have a successor are full', async () => {
    const [reader, creator] = [await person(), await person()]
    const planId = await createPlan(creator, 'Shared')
    const guests: Person[] = []
    for (let n = 0; n < 9; n++) {
      const guest = await person('guest')
      await post(guest, '/api/rsvp/add', { plan_id: planId })
      guests.push(guest)
      if (n % 3 === 0) await post(reader, `/matching/block/${guest.id}/`)
      if (n % 3 === 1 && n > 3) await call('PUT', '/users/deactivate/', { as: guest.token })
    }
    const shownGuests = guests.filter((_, n) => n % 3 === 2 || n === 1).map(({ objectId }) => objectId)
    const idsOf = async (path: string, idsIn: (page: TestResponse) => string[]) => {
      const found: string[][] = []
      for (let next: string | undefined = path; next !== undefined; ) {
        const page = await call('GET', next, { as: reader.token })
        found.push(idsIn(page))
        next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('Link') ?? '')?.[1]
      }
      return found
    }
    const texts = (rows: unknown, key: string) => Object(rows).map((row: Record<string, unknown>) => String(row[key]))
    const pages = [shownGuests.slice(0, 3), shownGuests.slice(3)]
    expect(await idsOf(`/api/rsvp/plan/${planId}?limit=3`, (page) => texts(at(page, 'data'), 'user_id'))).toEqual(pages)
    expect(await idsOf('/api/users/?search=guest.&limit=3', (page) => texts(page.json, 'id'))).toEqual(pages)
  })
})

test('an account that is opened again is as visible as before', async () => {
  const scene = await setTheScene()
  const visible = shown(await walk(scene, { compare: false }), scene.markers)
  await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(scene.other.id).run()
  await env.DB.prepare('UPDATE accounts SET is_active = 1 WHERE id = ?').bind(scene.other.id).run()
  expect(shown(await walk(scene, { compare: false }), scene.markers)).toEqual(visible)
})

test('a plan that is stored while its creator is being closed is not listed', async () => {
  const { reader, other, markers } = await setTheScene()
  await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(other.id).run()
  const id = 'e'.repeat(24)
  const fields = {
    title: 'Late',
    description: '',
    location: LOCATION,
    startTime: null,
    endTime: 1,
    visibility: 'public',
    capacity: null,
  } as const
  await insertPlan(createStore(env.DB), { ...fields, id, creatorId: other.id, createdAt: 0 })
  expect((await call('GET', '/api/plans', { as: reader.token })).text).not.toContain(id)
  expect((await call('GET', `/api/plans/${id}`, { as: reader.token })).status).toBe(404)
  expect((await call('GET', `/api/plans/${markers.planId}`, { as: reader.token })).status).toBe(404)
})

test('an RSVP and a block at the same time leave no RSVP between the two', async () => {
  for (let attempt = 0; attempt < 10; attempt++) {
    const [creator, guest] = [await person(), await person()]
    const plan_id = await createPlan(creator, 'Race')
    await Promise.all([
      call('POST', '/api/rsvp/add', { as: guest.token, json: { plan_id } }),
      post(attempt % 2 === 0 ? creator : guest, `/matching/block/${attempt % 2 === 0 ? guest.id : creator.id}/`),
    ])
    expect((await call('GET', '/api/rsvp/user', { as: guest.token })).json).toEqual({ data: [] })
    expect((await call('GET', `/api/rsvp/plan/${plan_id}`, { as: creator.token })).json).toEqual({ data: [] })
  }
})

test('staff can still read and change a profile of mindharmony in spite of a block', async () => {
  const [staff, member] = [await personWith('is_staff'), await person()]
  await post(member, `/matching/block/${staff.id}/`)
  const url = `/user/profile/${member.id}`
  expect((await call('GET', url, { as: staff.token })).status).toBe(200)
  expect((await call('PATCH', url, { as: staff.token, json: { bio: 'x' } })).status).toBe(200)
})
