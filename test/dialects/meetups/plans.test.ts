import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../../support/call.ts'
import { add, addedId, addRsvp, befriend, GAME_NIGHT, ids, LOCATION, pages, requestFriend, UNKNOWN_ID } from '../../support/meetups.ts'
import { type Person, person, personWith } from '../../support/people.ts'

/** Plans, as the contract's document defines them. */

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
