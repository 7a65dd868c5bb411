import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, type TestResponse, textAt } from '../../support/call.ts'
import { type Person, person, personWith } from '../../support/people.ts'

/** Plans, friends and RSVPs, as the contract's document defines them. Accounts: ../meetups.test.ts. */

const UNKNOWN_ID = '0123456789abcdef01234567'

const LOCATION = { name: "John's house", address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '12345' }
const GAME_NIGHT = {
  title: 'Game Night',
  description: 'Lots of fun and laughters with friends.',
  location: LOCATION,
  start_time: '2025-09-28 12:00:00',
  end_time: '2025-09-28 15:00:00',
}

const add = (as: Person, changes: Record<string, unknown> = {}): Promise<TestResponse> =>
  call('POST', '/api/plans/add', { as: as.token, json: { ...GAME_NIGHT, ...changes } })

const addedId = async (as: Person, changes: Record<string, unknown> = {}): Promise<string> => {
  const created = await add(as, changes)
  expect(created.status, created.text).toBe(201)
  return textAt(created, 'id')
}

const requestFriend = (from: Person, to: Pick<Person, 'objectId'>): Promise<TestResponse> =>
  call('POST', `/api/friends/request/${to.objectId}/`, { as: from.token })

const respond = (as: Person, id: string, action: unknown): Promise<TestResponse> =>
  call('POST', `/api/friends/respond/${id}/`, { as: as.token, json: { action } })

const befriend = async (one: Person, other: Person): Promise<string> => {
  const requested = await requestFriend(one, other)
  expect(requested.status).toBe(201)
  expect((await requestFriend(other, one)).status).toBe(200)
  return textAt(requested, 'id')
}

const addRsvp = (as: Person, planId: string): Promise<TestResponse> =>
  call('POST', '/api/rsvp/add', { as: as.token, json: { plan_id: planId } })

const ids = (response: TestResponse, ...path: string[]): unknown[] => {
  const list = path.length > 0 ? at(response, ...path) : response.json
  if (!Array.isArray(list)) throw new Error(`no list: ${response.text}`)
  return list.map((item: { _id?: unknown }) => item._id)
}

/** Every page of a list, following its `Link` headers. */
const pages = async (as: Person, path: string): Promise<TestResponse[]> => {
  const responses: TestResponse[] = []
  for (let next: string | undefined = path; next !== undefined && responses.length < 20; ) {
    const page = await call('GET', next, { as: as.token })
    expect(page.status, page.text).toBe(200)
    responses.push(page)
    next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('Link') ?? '')?.[1]
  }
  return responses
}

describe('POST /api/plans/add', () => {
  test("the document's example", async () => {
    const ross = await person()
    const created = await add(ross)
    const id = textAt(created, '_id')
    expect(id).toMatch(/^[0-9a-f]{24}$/)
    const plan =
      `"_id":"${id}","title":"Game Night","description":"Lots of fun and laughters with friends.",` +
      `"location":{"name":"John's house","address1":"1 main st","city":"Boston","state":"MA","zipcode":"12345"},` +
      `"start_time":"2025-09-28T12:00:00Z","end_time":"2025-09-28T15:00:00Z","created_by":"${ross.objectId}"`
    expect(created.status).toBe(201)
    expect(created.text).toBe(`{${plan},"message":"Plan created","id":"${id}","data":{${plan}}}`)
  })

  test('a zip code keeps its digits, sent as a number or as text', async () => {
    const ross = await person()
    const zipOf = async (zipcode: unknown) => at(await add(ross, { location: { ...LOCATION, zipcode } }), 'location', 'zipcode')
    expect(await zipOf('02134')).toBe('02134')
    expect(await zipOf(2134)).toBe('2134')
    expect(await zipOf(' 12345 ')).toBe('12345')
    for (const invalid of ['', 'abc', '12345-6789', -1, 1.5, true, '1e3', '9'.repeat(21), ['1'], {}]) {
      const refused = await add(ross, { location: { ...LOCATION, zipcode: invalid } })
      expect(refused.text, JSON.stringify(invalid)).toBe('{"location":{"zipcode":["A valid integer is required."]}}')
      expect(refused.status).toBe(400)
    }
  })

  test('omitted fields stay absent, blank fields stay blank', async () => {
    const ross = await person()
    const { name: _name, ...location } = LOCATION
    const created = await call('POST', '/api/plans/add', {
      as: ross.token,
      json: { title: 'Walk', location: { ...location, address2: '' }, end_time: '2025-09-28' },
    })
    const id = textAt(created, 'id')
    const read = await call('GET', `/api/plans/${id}`, { as: ross.token })
    const plan =
      `"_id":"${id}","title":"Walk","description":"",` +
      `"location":{"address1":"1 main st","address2":"","city":"Boston","state":"MA","zipcode":"12345"},` +
      `"end_time":"2025-09-28T00:00:00Z","created_by":"${ross.objectId}"`
    expect(read.text).toBe(`{${plan},"data":{${plan}}}`)
  })

  test.each([
    ['2025-09-28 12:00', '2025-09-28T12:00:00Z'],
    ['2025-09-28T12:00:00.000Z', '2025-09-28T12:00:00Z'],
    ['2025-09-28T12:00:00.250Z', '2025-09-28T12:00:00.250Z'],
    ['2025-09-28T12:00:00.5', '2025-09-28T12:00:00.500Z'],
    ['2025-09-28T12:00:00.123456Z', '2025-09-28T12:00:00.123Z'],
    ['2025-09-28T12:00:00+02:00', '2025-09-28T10:00:00Z'],
    ['2025-09-28 00:30:00-0130', '2025-09-28T02:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('accepts a start_time of %s', async (start, expected) => {
    const ross = await person()
    expect(at(await add(ross, { start_time: start }), 'start_time')).toBe(expected)
  })

  test.each([
    '',
    'tomorrow',
    '2025-02-30',
    '2025-02-29T10:00:00Z',
    '2025-09-28T24:00:00Z',
    '2025-09-28T12:60:00Z',
    '2025-09-28T12',
    '2025-09-28T12:00:00+25:00',
    '28.09.2025',
    '0000-01-01',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    1_759_060_800,
    true,
    {},
  ])('rejects a start_time of %j', async (start) => {
    const ross = await person()
    const refused = await add(ross, { start_time: start })
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual({
      start_time: ['Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'],
    })
  })

  test('reports all field errors at once, in the order of the document, nested as the fields are', async () => {
    const ross = await person()
    const refused = await call('POST', '/api/plans/add', {
      as: ross.token,
      json: { visibility: 'secret', location: { zipcode: 'x', address1: ' ' }, capacity: 0, title: 't'.repeat(201) },
    })
    expect(refused.status).toBe(400)
    expect(refused.text).toBe(
      '{"title":["Ensure this field has no more than 200 characters."],' +
        '"location":{"address1":["This field may not be blank."],"city":["This field is required."],' +
        '"state":["This field is required."],"zipcode":["A valid integer is required."]},' +
        '"end_time":["This field is required."],"visibility":["\\"secret\\" is not a valid choice."],' +
        '"capacity":["Ensure this value is greater than or equal to 1."]}',
    )
  })

  test.each([
    [undefined, { location: ['This field is required.'] }],
    [null, { location: ['This field may not be null.'] }],
    ['Boston', { location: { non_field_errors: ['Invalid data. Expected a dictionary, but got str.'] } }],
    [[LOCATION], { location: { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] } }],
    [7, { location: { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] } }],
  ])('rejects a location of %j', async (location, errors) => {
    const ross = await person()
    const refused = await add(ross, { location })
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual(errors)
  })

  test.each(['2025-09-28T15:00:00Z', '2025-09-28T15:00:01Z'])('rejects a plan that starts at %s and ends at three', async (start) => {
    const ross = await person()
    const refused = await add(ross, { start_time: start, end_time: '2025-09-28T15:00:00Z' })
    expect(refused.status).toBe(400)
    expect(refused.text).toBe('{"end_time":["End time must be after start time."]}')
  })

  test('accepts a form with dotted names', async () => {
    const ross = await person()
    const form = {
      title: 'By form',
      end_time: '2025-09-28 15:00:00',
      'location.address1': '1 main st',
      'location.city': 'Boston',
      'location.state': 'MA',
      'location.zipcode': '02134',
    }
    const created = await call('POST', '/api/plans/add', { as: ross.token, form })
    expect(created.status, created.text).toBe(201)
    expect(at(created, 'location')).toEqual({ address1: '1 main st', city: 'Boston', state: 'MA', zipcode: '02134' })
  })

  test('requires a credential', async () => {
    const refused = await call('POST', '/api/plans/add', { json: GAME_NIGHT })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('WWW-Authenticate')).toBe('Bearer realm="api"')
    expect(refused.text).toBe('{"detail":"Authentication credentials were not provided."}')
  })
})

describe('visibility of a plan', () => {
  test('public, friends and private, on every path of a plan', async () => {
    const [creator, friend, requested, stranger, staff] = [
      await person(),
      await person(),
      await person(),
      await person(),
      await personWith('is_staff'),
    ]
    await befriend(creator, friend)
    await requestFriend(creator, requested)
    const plans = {
      public: await addedId(creator, { visibility: 'public' }),
      friends: await addedId(creator, { visibility: 'friends' }),
      private: await addedId(creator, { visibility: 'private' }),
    }
    const sees = async (reader: Person) => {
      const listed = ids(await call('GET', '/api/plans', { as: reader.token }))
      const seen: string[] = []
      for (const [visibility, id] of Object.entries(plans)) {
        const plan = await call('GET', `/api/plans/${id}/`, { as: reader.token })
        const rsvps = await call('GET', `/api/rsvp/plan/${id}`, { as: reader.token })
        const ics = await call('GET', `/api/plans/${id}/calendar.ics`, { as: reader.token })
        expect(rsvps.status).toBe(plan.status)
        expect(ics.status).toBe(plan.status)
        if (plan.status === 200) seen.push(visibility)
        else expect([plan.status, plan.text]).toEqual([404, '{"error":"Plan not found"}'])
        if (reader !== staff) expect(listed.includes(id)).toBe(plan.status === 200)
      }
      return seen
    }
    expect(await sees(creator)).toEqual(['public', 'friends', 'private'])
    expect(await sees(friend)).toEqual(['public', 'friends'])
    expect(await sees(requested)).toEqual(['public'])
    expect(await sees(stranger)).toEqual(['public'])
    expect(await sees(staff)).toEqual(['public', 'friends', 'private'])

    for (const [method, path, json] of [
      ['PUT', `/api/plans/${plans.private}/edit`, { title: 'Mine' }],
      ['DELETE', `/api/plans/${plans.private}/delete`, undefined],
      ['POST', '/api/rsvp/add', { plan_id: plans.private }],
      ['POST', '/api/rsvp/add', { plan_id: plans.friends }],
    ] as const) {
      const refused = await call(method, path, { as: stranger.token, json })
      expect([refused.status, refused.text]).toEqual([404, '{"error":"Plan not found"}'])
    }
    expect((await addRsvp(friend, plans.friends)).status).toBe(201)
    expect((await addRsvp(friend, plans.private)).status).toBe(404)
  })

  test('a plan for friends is hidden again when the friendship ends', async () => {
    const [creator, friend] = [await person(), await person()]
    const record = await befriend(friend, creator)
    const id = await addedId(creator, { visibility: 'friends' })
    expect((await call('GET', `/api/plans/${id}`, { as: friend.token })).status).toBe(200)
    expect((await call('DELETE', `/api/friends/remove/${record}/`, { as: friend.token })).status).toBe(204)
    expect((await call('GET', `/api/plans/${id}`, { as: friend.token })).status).toBe(404)
    expect(ids(await call('GET', '/api/plans', { as: friend.token }))).not.toContain(id)
  })
})

describe('GET /api/plans', () => {
  test('pages are in creation order over all creators, without duplicates', async () => {
    const [reader, friend, stranger] = [await person(), await person(), await person()]
    await befriend(reader, friend)
    const created: string[] = []
    for (const [creator, visibility] of [
      [reader, 'private'],
      [friend, 'friends'],
      [stranger, 'public'],
      [stranger, 'private'],
      [friend, 'public'],
      [reader, 'friends'],
      [friend, 'private'],
      [reader, 'public'],
    ] as const) {
      const id = await addedId(creator, { visibility })
      if (creator === reader || visibility === 'public' || (creator === friend && visibility === 'friends')) created.push(id)
    }
    const listed = await pages(reader, '/api/plans?limit=2')
    const all = listed.flatMap((page) => ids(page))
    expect(all.filter((id) => created.includes(String(id)))).toEqual(created)
    expect(new Set(all).size).toBe(all.length)
    expect([...all].sort()).toEqual(all)
    expect(listed.slice(0, -1).every((page) => ids(page).length === 2)).toBe(true)
    expect(listed.at(-1)?.headers.has('Link')).toBe(false)

    const ours = await pages(reader, '/api/plans?friends=true&limit=3')
    const expected = created.filter((id) => id !== created[2]) // all but the stranger's
    expect(ours.flatMap((page) => ids(page))).toEqual(expected)
  })

  test('from and to are inclusive and sort by start time; plans without a start time are omitted', async () => {
    const reader = await person()
    const start = (hour: number) => `2031-05-05T${hour}:00:00Z`
    const late = await addedId(reader, { start_time: start(14), end_time: start(20) })
    const early = await addedId(reader, { start_time: start(11), end_time: start(20) })
    const middle = await addedId(reader, { start_time: start(12), end_time: start(20), visibility: 'private' })
    const same = await addedId(reader, { start_time: start(12), end_time: start(20) })
    const open = await addedId(reader, { start_time: undefined, end_time: start(13) })
    const list = async (query: string) => (await pages(reader, `/api/plans?limit=1&${query}`)).flatMap((page) => ids(page))
    expect(await list(`from=${start(11)}&to=${start(14)}`)).toEqual([early, middle, same, late])
    expect(await list(`from=${start(12)}&to=${start(13)}`)).toEqual([middle, same])
    expect(await list(`friends=1&from=${start(12)}`)).toEqual([middle, same, late])
    expect(await list(`friends=1&to=2031-05-05 12:00`)).toEqual([early, middle, same])
    expect(await list('friends=true')).toEqual([late, early, middle, same, open])
  })

  test.each([
    ['from=yesterday', 'from'],
    ['to=2025-13-01', 'to'],
    ['friends=perhaps', 'friends'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=MTI', 'cursor'],
    ['from=2025-01-01&from=2025-01-02', 'from'],
  ])('%s is rejected with a field error', async (query, name) => {
    const reader = await person()
    const refused = await call('GET', `/api/plans?${query}`, { as: reader.token })
    expect(refused.status).toBe(400)
    expect(Object.keys(Object(refused.json))).toEqual([name])
  })
})

describe('one plan', () => {
  test.each(['x', '68DABBA350510DB53D9AF43D', '68dabba350510db53d9af43', '68dabba350510db53d9af43g', '%00', "'"])(
    'an id of %s is invalid everywhere',
    async (id) => {
      const ross = await person()
      for (const [method, path] of [
        ['GET', `/api/plans/${id}`],
        ['PUT', `/api/plans/${id}/edit`],
        ['PATCH', `/api/plans/${id}/edit`],
        ['DELETE', `/api/plans/${id}/delete`],
        ['GET', `/api/plans/${id}/calendar.ics`],
        ['GET', `/api/rsvp/plan/${id}`],
        ['DELETE', `/api/rsvp/plan/${id}/delete`],
        ['DELETE', `/api/rsvp/${id}/delete`],
      ] as const) {
        const refused = await call(method, path, { as: ross.token })
        expect([path, refused.status, refused.text]).toEqual([path, 400, '{"error":"Invalid ID"}'])
      }
      const refused = await addRsvp(ross, decodeURIComponent(id) === '\0' ? 'x' : id)
      expect([refused.status, refused.text]).toEqual([400, '{"error":"Invalid ID"}'])
    },
  )

  test('an unknown plan is a 404', async () => {
    const ross = await person()
    for (const [method, path] of [
      ['GET', `/api/plans/${UNKNOWN_ID}`],
      ['PUT', `/api/plans/${UNKNOWN_ID}/edit`],
      ['DELETE', `/api/plans/${UNKNOWN_ID}/delete/`],
    ] as const) {
      const refused = await call(method, path, { as: ross.token })
      expect([refused.status, refused.text]).toEqual([404, '{"error":"Plan not found"}'])
    }
  })

  test('an edit changes only the fields in the body', async () => {
    const ross = await person()
    const id = await addedId(ross)
    const edited = await call('PUT', `/api/plans/${id}/edit`, { as: ross.token, json: { title: "Alex's Game Night!" } })
    const plan =
      `"_id":"${id}","title":"Alex's Game Night!","description":"Lots of fun and laughters with friends.",` +
      `"location":{"name":"John's house","address1":"1 main st","city":"Boston","state":"MA","zipcode":"12345"},` +
      `"start_time":"2025-09-28T12:00:00Z","end_time":"2025-09-28T15:00:00Z","created_by":"${ross.objectId}"`
    expect([edited.status, edited.text]).toEqual([200, `{${plan},"data":{${plan}}}`])
    const read = await call('GET', `/api/plans/${id}`, { as: ross.token })
    expect(read.text).toBe(edited.text)
    const moved = await call('PATCH', `/api/plans/${id}/edit/`, {
      as: ross.token,
      json: { location: { address1: '2', city: 'C', state: 'S', zipcode: 7 }, description: '', start_time: null },
    })
    expect(at(moved, 'data')).toEqual({
      _id: id,
      title: "Alex's Game Night!",
      description: '',
      location: { address1: '2', city: 'C', state: 'S', zipcode: '7' },
      end_time: '2025-09-28T15:00:00Z',
      created_by: ross.objectId,
    })
    expect((await call('PUT', `/api/plans/${id}/edit`, { as: ross.token, json: {} })).text).toBe(moved.text)
  })

  test('an edit is validated like a new plan, also against the fields that stay', async () => {
    const ross = await person()
    const id = await addedId(ross)
    const refused = async (json: unknown) => {
      const response = await call('PUT', `/api/plans/${id}/edit`, { as: ross.token, json })
      expect(response.status).toBe(400)
      return response.text
    }
    const ENDS = '{"end_time":["End time must be after start time."]}'
    expect(await refused({ start_time: '2025-09-28 15:00' })).toBe(ENDS)
    expect(await refused({ end_time: '2025-09-28 12:00' })).toBe(ENDS)
    expect(await refused({ start_time: '2026-01-02', end_time: '2026-01-01' })).toBe(ENDS)
    expect(await refused({ title: '' })).toBe('{"title":["This field may not be blank."]}')
    expect(await refused({ location: { city: 'Boston' } })).toBe(
      '{"location":{"address1":["This field is required."],"state":["This field is required."],"zipcode":["This field is required."]}}',
    )
    expect(await refused([1])).toBe('{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}')
    expect(
      (await call('PUT', `/api/plans/${id}/edit`, { as: ross.token, json: { start_time: '2026-01-01', end_time: '2026-01-02' } })).status,
    ).toBe(200)
  })

  test('only the creator and staff can change a plan', async () => {
    const [ross, rachel, staff] = [await person(), await person(), await personWith('is_superuser')]
    const id = await addedId(ross)
    const edit = await call('PUT', `/api/plans/${id}/edit`, { as: rachel.token, json: { title: 'Mine' } })
    expect([edit.status, edit.text]).toEqual([403, '{"error":"User unauthorized to update this plan."}'])
    expect(edit.headers.has('WWW-Authenticate')).toBe(false)
    const remove = await call('DELETE', `/api/plans/${id}/delete`, { as: rachel.token })
    expect([remove.status, remove.text]).toEqual([403, '{"error":"User unauthorized to delete this plan."}'])
    expect(at(await call('GET', `/api/plans/${id}`, { as: rachel.token }), 'title')).toBe('Game Night')

    const edited = await call('PUT', `/api/plans/${id}/edit`, { as: staff.token, json: { title: 'Tidied' } })
    expect([edited.status, at(edited, 'title'), at(edited, 'created_by')]).toEqual([200, 'Tidied', ross.objectId])
    expect((await call('DELETE', `/api/plans/${id}/delete`, { as: staff.token })).status).toBe(200)
  })

  test('deleting a plan deletes its RSVPs', async () => {
    const [ross, rachel] = [await person(), await person()]
    const id = await addedId(ross)
    await addRsvp(rachel, id)
    const deleted = await call('DELETE', `/api/plans/${id}/delete`, { as: ross.token })
    expect([deleted.status, deleted.text]).toEqual([200, `{"message":"Event ${id} deleted successfully"}`])
    const again = await call('DELETE', `/api/plans/${id}/delete`, { as: ross.token })
    expect([again.status, again.text]).toEqual([404, '{"error":"Plan not found"}'])
    expect((await call('GET', '/api/rsvp/user', { as: rachel.token })).text).toBe('{"data":[]}')
    expect((await addRsvp(rachel, id)).status).toBe(404)
  })
})

describe('/api/friends/', () => {
  test('a request is sent, listed on both sides and accepted', async () => {
    const [ross, rachel] = [await person('ross'), await person('rachel')]
    const requested = await requestFriend(ross, rachel)
    const id = textAt(requested, 'id')
    expect([requested.status, requested.text]).toEqual([
      201,
      `{"id":"${id}","sender":"${ross.objectId}","receiver":"${rachel.objectId}","status":"pending"}`,
    ])
    expect((await call('GET', '/api/friends/', { as: ross.token })).text).toBe(
      `{"current_user_id":"${ross.objectId}","friends":[],"incoming_requests":[],"outgoing_requests":[` +
        `{"id":"${rachel.objectId}","request_id":"${id}","username":"${rachel.username}","status":"pending"}]}`,
    )
    expect((await call('GET', '/api/friends/list/', { as: rachel.token })).text).toBe(
      `{"current_user_id":"${rachel.objectId}","friends":[],"incoming_requests":[` +
        `{"id":"${ross.objectId}","request_id":"${id}","username":"${ross.username}","status":"pending"}],"outgoing_requests":[]}`,
    )
    const accepted = await respond(rachel, id, 'accept')
    expect([accepted.status, accepted.text]).toEqual([200, `{"id":"${id}","status":"accepted"}`])
    expect((await call('GET', '/api/friends/list', { as: ross.token })).text).toBe(
      `{"current_user_id":"${ross.objectId}","friends":[` +
        `{"id":"${rachel.objectId}","username":"${rachel.username}","request_id":"${id}"}],"incoming_requests":[],"outgoing_requests":[]}`,
    )
  })

  test('a request in the other direction accepts the existing request', async () => {
    const [ross, rachel] = [await person(), await person()]
    const id = textAt(await requestFriend(ross, rachel), 'id')
    const back = await requestFriend(rachel, ross)
    expect([back.status, back.text]).toEqual([
      200,
      `{"id":"${id}","sender":"${ross.objectId}","receiver":"${rachel.objectId}","status":"accepted"}`,
    ])
  })

  test('invalid requests', async () => {
    const [ross, rachel] = [await person(), await person()]
    const requestError = async (from: Person, objectId: string) => {
      const response = await requestFriend(from, { objectId })
      return [response.status, response.text]
    }
    expect(await requestError(ross, ross.objectId)).toEqual([400, '{"detail":"Cannot send request to yourself"}'])
    for (const unknown of [UNKNOWN_ID, 'x', '1', '%27', '%00', '%ff', 'x'.repeat(5000)]) {
      expect(await requestError(ross, unknown)).toEqual([404, '{"detail":"No User matches the given query."}'])
    }
    await requestFriend(ross, rachel)
    expect(await requestError(ross, rachel.objectId)).toEqual([400, '{"detail":"Friend request already exists"}'])
    await requestFriend(rachel, ross)
    const FRIENDS = [400, '{"detail":"Friend request already exists or already friends"}']
    expect(await requestError(ross, rachel.objectId)).toEqual(FRIENDS)
    expect(await requestError(rachel, ross.objectId)).toEqual(FRIENDS)
  })

  test('friend requests are limited per hour', async () => {
    const [ross, rachel] = [await person(), await person()]
    const setCount = (requests: number, since: number) =>
      env.DB.prepare('INSERT OR REPLACE INTO friend_request_counts (account_id, since, requests) VALUES (?, ?, ?)')
        .bind(ross.id, since, requests)
        .run()
    await setCount(1000, Date.now() - 600_000)
    const refused = await requestFriend(ross, rachel)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(2900)
    expect(Number(refused.headers.get('Retry-After'))).toBeLessThanOrEqual(3000)
    expect(refused.text).toMatch(/^{"detail":"Request was throttled. Expected available in \d+ seconds."}$/)
    expect(at(await call('GET', '/api/friends/', { as: rachel.token }), 'incoming_requests')).toEqual([])
    await setCount(1000, Date.now() - 3_600_001)
    expect((await requestFriend(ross, rachel)).status).toBe(201)
  })

  test('an inactive account gets no requests and is in no list', async () => {
    const [ross, rachel] = [await person(), await person()]
    await requestFriend(ross, rachel)
    expect((await call('PATCH', '/users/deactivate/', { as: rachel.token, json: {} })).status).toBeLessThan(300)
    expect(at(await call('GET', '/api/friends/', { as: ross.token }), 'outgoing_requests')).toEqual([])
    expect((await requestFriend(await person(), rachel)).status).toBe(404)
  })

  test.each(['rejecter', 'rejected'])('after a rejection the %s can send a new request, in the same record', async (role) => {
    const [ross, rachel] = [await person(), await person()]
    const id = textAt(await requestFriend(ross, rachel), 'id')
    const rejected = await respond(rachel, id, 'reject')
    expect([rejected.status, rejected.text]).toEqual([200, `{"id":"${id}","status":"rejected"}`])
    for (const one of [ross, rachel]) {
      const listed = await call('GET', '/api/friends/', { as: one.token })
      expect([at(listed, 'friends'), at(listed, 'incoming_requests'), at(listed, 'outgoing_requests')]).toEqual([[], [], []])
    }
    const [from, to] = role === 'rejected' ? [ross, rachel] : [rachel, ross]
    const again = await requestFriend(from, to)
    expect([again.status, again.text]).toEqual([
      201,
      `{"id":"${id}","sender":"${from.objectId}","receiver":"${to.objectId}","status":"pending"}`,
    ])
    expect((await respond(from, id, 'accept')).status).toBe(403)
    expect((await respond(to, id, 'accept')).status).toBe(200)
  })

  test('a response is checked in this order: action, record, receiver', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const id = textAt(await requestFriend(ross, rachel), 'id')
    for (const action of ['perhaps', '', null, 1, true, ['accept'], undefined, 'ACCEPT']) {
      const response = await respond(third, UNKNOWN_ID, action)
      expect([response.status, response.text]).toEqual([400, '{"detail":"Invalid action"}'])
    }
    for (const unknown of [UNKNOWN_ID, 'x']) {
      const response = await respond(rachel, unknown, 'accept')
      expect([response.status, response.text]).toEqual([404, '{"detail":"No Friend matches the given query."}'])
    }
    for (const one of [ross, third]) {
      const response = await respond(one, id, 'accept')
      expect([response.status, response.text]).toEqual([403, '{"detail":"Not authorized"}'])
    }
    expect(at(await call('GET', '/api/friends/', { as: ross.token }), 'friends')).toEqual([])
  })

  test('either user can remove a record, by its id or by the id of the other user', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const remove = async (as: Person, id: string) => {
      const response = await call('DELETE', `/api/friends/remove/${id}/`, { as: as.token })
      return [response.status, response.text]
    }
    const record = await befriend(ross, rachel)
    expect(await remove(third, record)).toEqual([403, '{"detail":"Not authorized"}'])
    expect(await remove(ross, record)).toEqual([204, ''])
    expect(await remove(ross, record)).toEqual([404, '{"detail":"Not found"}'])
    await befriend(ross, rachel)
    expect(await remove(third, rachel.objectId)).toEqual([404, '{"detail":"Not found"}'])
    expect(await remove(rachel, rachel.objectId)).toEqual([404, '{"detail":"Not found"}'])
    expect(await remove(rachel, ross.objectId)).toEqual([204, ''])
    await requestFriend(ross, rachel)
    expect(await remove(ross, rachel.objectId)).toEqual([204, ''])
    for (const unknown of [UNKNOWN_ID, 'x', '%00', rachel.objectId])
      expect(await remove(ross, unknown)).toEqual([404, '{"detail":"Not found"}'])
  })

  test('the page size applies to the three lists together', async () => {
    const ross = await person()
    const others: Person[] = []
    for (let n = 0; n < 5; n++) others.push(await person())
    const [one, two, three, four, five] = others
    if (!one || !two || !three || !four || !five) throw new Error('expected five members')
    await requestFriend(ross, one)
    await requestFriend(two, ross)
    await befriend(ross, three)
    await requestFriend(four, ross)
    await befriend(five, ross)
    const listed = await pages(ross, '/api/friends/?limit=2')
    expect(listed.length).toBe(3)
    const idsOf = (list: string) => listed.flatMap((page) => [at(page, list)].flat()).map((item) => Reflect.get(Object(item), 'id'))
    expect(idsOf('friends')).toEqual([three.objectId, five.objectId])
    expect(idsOf('incoming_requests')).toEqual([two.objectId, four.objectId])
    expect(idsOf('outgoing_requests')).toEqual([one.objectId])
  })
})

describe('/api/rsvp/', () => {
  test('an RSVP is added, listed and deleted', async () => {
    const [ross, rachel] = [await person(), await person()]
    const plan = await addedId(ross)
    expect((await call('GET', `/api/rsvp/plan/${plan}`, { as: ross.token })).text).toBe('{"data":[]}')
    const added = await addRsvp(rachel, plan)
    const id = textAt(added, 'id')
    const data = `"plan_id":"${plan}","user_id":"${rachel.objectId}","created_at":"${textAt(added, 'data', 'created_at')}"`
    expect([added.status, added.text]).toEqual([201, `{"message":"RSVP created","id":"${id}","data":{${data}}}`])
    const again = await addRsvp(rachel, plan)
    expect([again.status, again.text]).toEqual([400, `{"error":"User has already RSVP'd to this plan"}`])

    expect((await call('GET', `/api/rsvp/plan/${plan}/`, { as: ross.token })).text).toBe(`{"data":[{"_id":"${id}",${data}}]}`)
    expect((await call('GET', '/api/rsvp/user/', { as: rachel.token })).text).toBe(`{"data":[{"_id":"${id}",${data}}]}`)
    expect((await call('GET', '/api/rsvp/user', { as: ross.token })).text).toBe('{"data":[]}')

    const removed = await call('DELETE', `/api/rsvp/${id}/delete`, { as: rachel.token })
    expect([removed.status, removed.text]).toEqual([200, `{"message":"RSVP ${id} deleted successfully"}`])
    const deleted = await call('DELETE', `/api/rsvp/${id}/delete`, { as: rachel.token })
    expect([deleted.status, deleted.text]).toEqual([404, '{"error":"RSVP not found"}'])
    expect((await addRsvp(rachel, plan)).status).toBe(201)
  })

  test('invalid requests', async () => {
    const ross = await person()
    const addError = async (json: unknown) => {
      const { status, text } = await call('POST', '/api/rsvp/add', { as: ross.token, json })
      return [status, text]
    }
    expect(await addError({})).toEqual([400, '{"plan_id":["This field is required."]}'])
    expect(await addError({ plan_id: '' })).toEqual([400, '{"plan_id":["This field may not be blank."]}'])
    expect(await addError({ plan_id: null })).toEqual([400, '{"plan_id":["This field may not be null."]}'])
    expect(await addError({ plan_id: ['x'] })).toEqual([400, '{"plan_id":["Not a valid string."]}'])
    expect(await addError({ plan_id: 12 })).toEqual([400, '{"error":"Invalid ID"}'])
    expect(await addError({ plan_id: UNKNOWN_ID })).toEqual([404, '{"error":"Plan not found"}'])
    const list = await call('GET', `/api/rsvp/plan/${UNKNOWN_ID}`, { as: ross.token })
    expect([list.status, list.text]).toEqual([404, '{"error":"Plan not found"}'])
  })

  test('a full plan rejects RSVPs, and its capacity cannot be set below its RSVPs', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const plan = await addedId(ross, { capacity: '1' })
    expect((await addRsvp(rachel, plan)).status).toBe(201)
    const full = await addRsvp(third, plan)
    expect([full.status, full.text]).toEqual([400, '{"error":"Plan is full"}'])
    expect((await addRsvp(rachel, plan)).text).toBe(`{"error":"User has already RSVP'd to this plan"}`)
    const edit = (capacity: number | null) => call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json: { capacity } })
    expect((await edit(2)).status).toBe(200)
    expect((await addRsvp(third, plan)).status).toBe(201)
    const less = await edit(1)
    expect([less.status, less.text]).toEqual([400, '{"capacity":["Ensure this value is greater than or equal to 2."]}'])
    expect((await edit(null)).status).toBe(200)
    expect((await addRsvp(ross, plan)).status).toBe(201)
  })

  test('its owner, the creator of the plan and staff can delete an RSVP', async () => {
    const [ross, rachel, third, staff] = [await person(), await person(), await person(), await personWith('is_admin')]
    const plan = await addedId(ross)
    const remove = async (as: Person, id: string) => {
      const { status, text } = await call('DELETE', `/api/rsvp/${id}/delete`, { as: as.token })
      return [status, text]
    }
    const first = textAt(await addRsvp(rachel, plan), 'id')
    expect(await remove(third, first)).toEqual([403, '{"error":"User unauthorized to delete this RSVP."}'])
    expect(await remove(ross, first)).toEqual([200, `{"message":"RSVP ${first} deleted successfully"}`])
    const second = textAt(await addRsvp(rachel, plan), 'id')
    expect((await remove(staff, second))[0]).toBe(200)

    const secret = await addedId(ross, { visibility: 'private' })
    const own = textAt(await addRsvp(ross, secret), 'id')
    expect(await remove(third, own)).toEqual([404, '{"error":"RSVP not found"}'])
    expect(await remove(third, UNKNOWN_ID)).toEqual([404, '{"error":"RSVP not found"}'])
  })

  test('users can delete their own RSVP by the plan id, even when they can no longer see the plan', async () => {
    const [ross, rachel] = [await person(), await person()]
    const plan = await addedId(ross)
    const remove = async (as: Person, id: string) => {
      const { status, text } = await call('DELETE', `/api/rsvp/plan/${id}/delete`, { as: as.token })
      return [status, text]
    }
    await addRsvp(rachel, plan)
    expect(await remove(ross, plan)).toEqual([404, '{"error":"RSVP not found"}'])
    await call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json: { visibility: 'private' } })
    expect(await remove(rachel, plan)).toEqual([200, `{"message":"RSVP for plan ${plan} deleted successfully"}`])
    expect(await remove(rachel, plan)).toEqual([404, '{"error":"RSVP not found"}'])
    expect(await remove(rachel, UNKNOWN_ID)).toEqual([404, '{"error":"RSVP not found"}'])
  })

  test('both lists are paged', async () => {
    const ross = await person()
    const plan = await addedId(ross)
    const expected: string[] = []
    for (let n = 0; n < 5; n++) expected.push(textAt(await addRsvp(await person(), plan), 'id'))
    expect((await pages(ross, `/api/rsvp/plan/${plan}?limit=2`)).flatMap((page) => ids(page, 'data'))).toEqual(expected)
    const own: string[] = []
    for (let n = 0; n < 3; n++) own.push(textAt(await addRsvp(ross, await addedId(ross)), 'id'))
    expect((await pages(ross, '/api/rsvp/user?limit=1')).flatMap((page) => ids(page, 'data'))).toEqual(own)
  })
})

describe('GET /api/users/', () => {
  const rename = (account: Person, first_name: string, last_name: string) =>
    call('PATCH', '/api/profile/update/', { as: account.token, json: { first_name, last_name } })

  test('a search matches the beginning of the username, first name or last name, oldest account first', async () => {
    const stem = `q${crypto.randomUUID().slice(0, 6)}`
    const [reader, byLast, byFirst, byUsername] = [await person(), await person(), await person(), await person(stem)]
    await rename(byLast, 'Ann', `${stem}son`)
    await rename(byFirst, `${stem.toUpperCase()}ann`, 'Lee')
    const search = async (prefix: string) =>
      (await pages(reader, `/api/users/?limit=1&search=${encodeURIComponent(prefix)}`))
        .flatMap((page) => [page.json].flat())
        .map((one) => Reflect.get(Object(one), 'id'))
    expect(await search(stem)).toEqual([byLast.objectId, byFirst.objectId, byUsername.objectId])
    expect(await search(` ${stem.toUpperCase()} `)).toEqual([byLast.objectId, byFirst.objectId, byUsername.objectId])
    expect(await search(`${stem}s`)).toEqual([byLast.objectId])
    expect(await search(stem.slice(1))).toEqual([])
    expect(await search(`${stem}%`)).toEqual([])

    await rename(byLast, 'Ann', 'Lee')
    await call('PATCH', '/users/deactivate/', { as: byFirst.token, json: {} })
    expect(await search(stem)).toEqual([byUsername.objectId])
  })

  test('a search longer than the indexed prefix of a name, and one that starts with a letter beyond Z', async () => {
    const [reader, long, longer, elodie] = [await person(), await person(), await person(), await person()]
    const stem = `${'w'.repeat(8)}${crypto.randomUUID().replaceAll('-', '')}`
    await rename(long, `${stem}a`, 'Lee')
    await rename(longer, 'Ann', `${stem.toUpperCase()}B`)
    const tail = crypto.randomUUID().slice(0, 8)
    await rename(elodie, `Élodie${tail}`, 'Lee')
    const search = async (prefix: string) =>
      [(await call('GET', `/api/users?search=${encodeURIComponent(prefix)}`, { as: reader.token })).json]
        .flat()
        .map((one) => Reflect.get(Object(one), 'id'))
    expect(await search(stem)).toEqual([long.objectId, longer.objectId])
    expect(await search(`${stem}b`)).toEqual([longer.objectId])
    expect(await search(`${stem}c`)).toEqual([])
    expect(await search(`élodie${tail}`)).toEqual([elodie.objectId])
    expect(await search(`Élodie${tail}`)).toEqual([elodie.objectId])
    await rename(elodie, `ÉLO-É${tail}`, 'Lee')
    expect(await search(`ÉLO-É${tail}`)).toEqual([elodie.objectId])
  })
})
