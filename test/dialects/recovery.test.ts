import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../support/call.ts'
import { freshName, PASSWORD, type Person, person, personWith } from '../support/people.ts'

/** recovery.md, row by row: user info, emergency contacts, therapist, music and scenarios. */

const V1 = '/api/v1'
const USER_INFO_NOT_FOUND = '{"error":"UserInfo not found for this user."}'
const NO_SUCH_ID = 987_654_321

const newContact = (someone: Person, more: Record<string, unknown> = {}) =>
  call('PATCH', `${V1}/user/edit/contact/${someone.id}/`, {
    as: someone.token,
    json: { name: 'Ann', phone: '+380501234567', email: 'ann@example.com', relationship: 'sister', ...more },
  })

const newTherapist = (someone: Person) =>
  call('PUT', `${V1}/user/create/therapist/${someone.id}/`, {
    as: someone.token,
    json: { name: 'Dr. Hall', phone: '+380507654321', email: 'hall@example.com' },
  })

const edit = (someone: Person, json: unknown, as = someone.token) => call('PATCH', `${V1}/user/edit/${someone.id}/`, { as, json })

describe('user info', () => {
  test('a new person has the defaults, and no scenario', async () => {
    const sam = await person()
    const info = await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token })
    expect(info.status).toBe(200)
    expect(info.text).toBe(
      `{"id":${sam.id},"user":${sam.id},"username":"${sam.username}","age":null,"location":"","military_status":false,"ptsd_level":null,"music":null,"therapist_contact":null,"scenario":null}`,
    )
    expect((await call('GET', `${V1}/user/${sam.id}`, { as: sam.token })).text).toBe(info.text)
  })

  test('an update returns the changed values and keeps omitted fields', async () => {
    const sam = await person()
    const changed = await edit(sam, { age: '34', location: ' Kyiv ', military_status: 'true', ptsd_level: 3, scenario: 3 })
    expect(changed.status).toBe(200)
    expect(changed.text).toBe(
      '{"message":"UserInfo updated successfully.","updated_data":{"age":34,"location":"Kyiv","military_status":true,"ptsd_level":3,"therapist_contact":null,"scenario":3}}',
    )
    const again = await edit(sam, { location: '', unknown: 1 })
    expect(at(again, 'updated_data')).toEqual({
      age: 34,
      location: '',
      military_status: true,
      ptsd_level: 3,
      therapist_contact: null,
      scenario: 3,
    })
    const cleared = await edit(sam, { age: null, ptsd_level: null, scenario: null, therapist_contact: null })
    expect(at(cleared, 'updated_data')).toMatchObject({ age: null, ptsd_level: null, scenario: null, military_status: true })
    expect((await edit(sam, {})).text).toBe(cleared.text)
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'military_status')).toBe(true)
  })

  test('staff can read and change any user info; other callers get the 404 for every id and body', async () => {
    const [sam, stranger, staff] = [await person(), await person(), await personWith('is_staff')]
    expect((await call('GET', `${V1}/user/${sam.id}/`, { as: staff.token })).status).toBe(200)
    expect(at(await edit(sam, { age: 50 }, staff.token), 'updated_data', 'age')).toBe(50)
    for (const id of [sam.id, NO_SUCH_ID, 0, 'abc', '1.5', `0${sam.id}`]) {
      const seen = await call('GET', `${V1}/user/${id}/`, { as: stranger.token })
      expect([seen.status, seen.text]).toEqual([404, USER_INFO_NOT_FOUND])
      const changed = await call('PATCH', `${V1}/user/edit/${id}/`, { as: stranger.token, json: { age: 'x' } })
      expect([changed.status, changed.text]).toEqual([404, USER_INFO_NOT_FOUND])
    }
    for (const id of [NO_SUCH_ID, 'abc']) {
      expect((await call('GET', `${V1}/user/${id}/`, { as: staff.token })).text).toBe(USER_INFO_NOT_FOUND)
      const missing = await call('PATCH', `${V1}/user/edit/${id}/`, { as: staff.token, json: { age: 5, scenario: 1 } })
      expect([missing.status, missing.text]).toEqual([404, USER_INFO_NOT_FOUND])
    }
  })

  test.each([
    [{ age: -1 }, { age: ['Ensure this value is greater than or equal to 0.'] }],
    [{ age: 151 }, { age: ['Ensure this value is less than or equal to 150.'] }],
    [{ age: true }, { age: ['A valid integer is required.'] }],
    [{ location: 'x'.repeat(201) }, { location: ['Ensure this field has no more than 200 characters.'] }],
    [{ location: null }, { location: ['This field may not be null.'] }],
    [{ location: 'a\u0000b' }, { location: ['Null characters are not allowed.'] }],
    [{ military_status: null }, { military_status: ['This field may not be null.'] }],
    [{ military_status: 'maybe' }, { military_status: ['Must be a valid boolean.'] }],
    [{ ptsd_level: 0 }, { ptsd_level: ['Ensure this value is greater than or equal to 1.'] }],
    [{ ptsd_level: 6 }, { ptsd_level: ['Ensure this value is less than or equal to 5.'] }],
    [{ therapist_contact: 'me' }, { therapist_contact: ['Incorrect type. Expected pk value, received str.'] }],
    [{ scenario: true, ptsd_level: 9 }, expect.objectContaining({ scenario: ['Incorrect type. Expected pk value, received bool.'] })],
    [['a list'], { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('%j is rejected with field errors', async (json, errors) => {
    const refused = await edit(await person(), json)
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual(errors)
  })

  test('an unknown scenario, or a therapist of another person, is rejected and changes nothing', async () => {
    const [sam, other] = [await person(), await person()]
    const otherTherapistId = at(await newTherapist(other), 'data', 'id')
    for (const id of [99, 0, -3, '99']) {
      const refused = await edit(sam, { age: 20, scenario: id, therapist_contact: otherTherapistId })
      expect([refused.status, refused.text]).toEqual([400, '{"error":"AlarmScenario not found with this id."}'])
    }
    for (const id of [otherTherapistId, NO_SUCH_ID]) {
      const refused = await edit(sam, { age: 20, scenario: 2, therapist_contact: id })
      expect([refused.status, refused.text]).toEqual([400, '{"error":"Therapist not found with this id."}'])
    }
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'age')).toBeNull()
  })
})

describe('emergency contacts', () => {
  test('each call adds one contact; contacts are listed in order and deleted one by one', async () => {
    const sam = await person()
    const created = await newContact(sam)
    const id = at(created, 'data', 'id')
    expect(created.status).toBe(201)
    expect(created.text).toBe(
      `{"message":"A new emergency contact has been created.","data":{"id":${id},"name":"Ann","phone":"+380501234567","email":"ann@example.com","relationship":"sister"}}`,
    )
    const bob = await newContact(sam, { name: 'Bob', email: undefined, phone: 5551234 })
    expect(at(bob, 'data')).toMatchObject({ name: 'Bob', phone: '5551234', email: '' })
    const listed = await call('GET', `${V1}/user/contacts/${sam.id}/`, { as: sam.token })
    expect(listed.json).toEqual([at(created, 'data'), at(bob, 'data')])
    const deleted = await call('DELETE', `${V1}/user/contacts/${sam.id}/${id}/`, { as: sam.token })
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    for (const unknownId of [id, 'abc', 0]) {
      const again = await call('DELETE', `${V1}/user/contacts/${sam.id}/${unknownId}/`, { as: sam.token })
      expect([again.status, again.text]).toEqual([404, '{"error":"Emergency contact not found."}'])
    }
  })

  test.each([
    [{ name: undefined }],
    [{ phone: '' }],
    [{ relationship: null }],
    [{ name: '   ' }],
    [{ name: undefined, email: 'nonsense' }],
  ])('a missing required field (%j) gets the common error', async (more) => {
    const refused = await newContact(await person(), more)
    expect([refused.status, refused.text]).toEqual([400, `{"error":"The 'name', 'phone', and 'relationship' fields are required."}`])
  })

  test('invalid fields get field errors', async () => {
    const refused = await newContact(await person(), { email: 'nonsense', phone: '1'.repeat(33) })
    expect([refused.status, refused.text]).toEqual([
      400,
      '{"phone":["Ensure this field has no more than 32 characters."],"email":["Enter a valid email address."]}',
    ])
  })

  test.each([
    '112',
    '911',
    '+1 911',
    '999999',
    '+1 900 555 1234',
    '001 900 555 1234',
    '+44 909 879 0000',
    '+49 180 5123456',
    '+999123456789',
    '+380501234567;ext=5',
    'call +380501234567',
    'next door',
  ])('the phone number %s is refused for contacts and therapists', async (phone) => {
    const sam = await person()
    const refused = [400, '{"phone":["Enter a valid phone number."]}']
    const contact = await newContact(sam, { phone })
    expect([contact.status, contact.text]).toEqual(refused)
    await newTherapist(sam)
    for (const [method, path] of [
      ['PUT', `${V1}/user/create/therapist/${sam.id}/`],
      ['PATCH', `${V1}/user/edit/therapist/${sam.id}/`],
    ] as const) {
      const therapist = await call(method, path, { as: sam.token, json: { name: 'Dr. Hall', phone, email: 'hall@example.com' } })
      expect([therapist.status, therapist.text]).toEqual(refused)
    }
    expect((await call('GET', `${V1}/user/contacts/${sam.id}/`, { as: sam.token })).text).toBe('[]')
  })

  test.each(['+380 50 765-43-21', '00380507654321', '+1 (555) 123-4567', '050 765 43 21', '(555) 123.4567', '+44 (0)20 7946 0958'])(
    'the phone number %s is stored as it was sent',
    async (phone) => {
      const sam = await person()
      expect(at(await newContact(sam, { phone }), 'data', 'phone')).toBe(phone)
    },
  )

  test('only the owner may access contacts, not even staff; this is checked before the body is read', async () => {
    const [sam, staff] = [await person(), await personWith('is_superuser')]
    const id = at(await newContact(sam), 'data', 'id')
    const text = `{"error":"You are not authorized to edit another user's emergency contact."}`
    for (const response of [
      await call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as: staff.token, body: '{' }),
      await call('PATCH', `${V1}/user/edit/contact/${NO_SUCH_ID}/`, { as: staff.token, json: {} }),
      await call('GET', `${V1}/user/contacts/${sam.id}/`, { as: staff.token }),
      await call('DELETE', `${V1}/user/contacts/${sam.id}/${id}/`, { as: staff.token }),
    ]) {
      expect([response.status, response.text]).toEqual([403, text])
      expect(response.headers.get('WWW-Authenticate')).toBeNull()
    }
    const own = await call('DELETE', `${V1}/user/contacts/${staff.id}/${id}/`, { as: staff.token })
    expect(own.status).toBe(404)
    expect(at(await call('GET', `${V1}/user/contacts/${sam.id}/`, { as: sam.token }), 'length')).toBe(1)
  })

  test('of thirty simultaneous requests, ten create a contact', async () => {
    const sam = await person()
    const responses = await Promise.all(Array.from({ length: 30 }, (_, n) => newContact(sam, { name: `Contact ${n}` })))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(10)
    const refused = responses.filter(({ status }) => status === 400)
    expect(refused).toHaveLength(20)
    expect(refused[0]?.text).toBe('{"error":"A person can have at most 10 emergency contacts."}')
    expect(at(await call('GET', `${V1}/user/contacts/${sam.id}/`, { as: sam.token }), 'length')).toBe(10)
  })
})

describe('the therapist', () => {
  test('a new therapist becomes the current one and can be changed', async () => {
    const sam = await person()
    const created = await newTherapist(sam)
    const id = at(created, 'data', 'id')
    expect(created.status).toBe(201)
    expect(created.text).toBe(
      `{"message":"A new therapist contact has been created.","data":{"id":${id},"name":"Dr. Hall","phone":"+380507654321","email":"hall@example.com"}}`,
    )
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'therapist_contact')).toBe(id)
    const changed = await call('PATCH', `${V1}/user/edit/therapist/${sam.id}/`, { as: sam.token, json: { phone: '0507654322' } })
    expect(changed.text).toBe(
      `{"message":"Therapist contact has been updated.","data":{"id":${id},"name":"Dr. Hall","phone":"0507654322","email":"hall@example.com"}}`,
    )
    const unchanged = await call('PATCH', `${V1}/user/edit/therapist/${sam.id}/`, { as: sam.token, json: {} })
    expect(unchanged.text).toBe(changed.text)
    const second = at(await newTherapist(sam), 'data', 'id')
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'therapist_contact')).toBe(second)
    expect(at(await edit(sam, { therapist_contact: id }), 'updated_data', 'therapist_contact')).toBe(id)
  })

  test('of twenty simultaneous requests, ten therapists are stored, and the newest is the current one', async () => {
    const sam = await person()
    const responses = await Promise.all(Array.from({ length: 20 }, () => newTherapist(sam)))
    const newest = Math.max(...responses.map((response) => Number(at(response, 'data', 'id'))))
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'therapist_contact')).toBe(newest)
    const stored = await env.DB.prepare('SELECT count(*) AS n FROM therapists WHERE account_id = ?').bind(sam.id).first<number>('n')
    expect(stored).toBe(10)
  })

  test('all three fields are required; no current therapist is a 404; another person is a 403', async () => {
    const [sam, staff] = [await person(), await personWith('is_admin')]
    const missing = await call('PUT', `${V1}/user/create/therapist/${sam.id}/`, { as: sam.token, json: { email: 'x' } })
    expect([missing.status, missing.text]).toEqual([
      400,
      '{"name":["This field is required."],"phone":["This field is required."],"email":["Enter a valid email address."]}',
    ])
    const none = await call('PATCH', `${V1}/user/edit/therapist/${sam.id}/`, { as: sam.token, json: { name: 'X' } })
    expect([none.status, none.text]).toEqual([404, '{"error":"Therapist contact not found for this user."}'])
    await newTherapist(sam)
    await edit(sam, { therapist_contact: null })
    expect((await call('PATCH', `${V1}/user/edit/therapist/${sam.id}/`, { as: sam.token, json: { name: 'X' } })).status).toBe(404)
    for (const [method, path] of [
      ['PUT', `${V1}/user/create/therapist/${sam.id}/`],
      ['PATCH', `${V1}/user/edit/therapist/${sam.id}/`],
    ] as const) {
      const refused = await call(method, path, { as: staff.token, json: {} })
      expect([refused.status, refused.text]).toEqual([403, `{"error":"You are not authorized to edit another user's therapist contact."}`])
    }
  })
})

describe('music and scenarios', () => {
  test('the tracks and scenarios of the first migration', async () => {
    const { token } = await person()
    expect((await call('GET', `${V1}/user/music/`, { as: token })).text).toBe(
      '[{"id":1,"name":"New Song 1","url":"https://example.com/newsong1.mp3"},{"id":2,"name":"New Song 2","url":"https://example.com/newsong2.mp3"}]',
    )
    expect((await call('GET', `${V1}/user/scenarios/`, { as: token })).text).toBe(
      '[{"id":1,"name":"Off","play_music":false,"notify_contact":false,"notify_therapist":false},' +
        '{"id":2,"name":"Pattern 1","play_music":true,"notify_contact":false,"notify_therapist":false},' +
        '{"id":3,"name":"Pattern 2","play_music":true,"notify_contact":true,"notify_therapist":true},' +
        '{"id":4,"name":"Pattern 3","play_music":true,"notify_contact":false,"notify_therapist":true}]',
    )
  })

  test('only the owner can choose a track', async () => {
    const [sam, staff] = [await person(), await personWith('is_staff')]
    const choose = (json: unknown, as = sam.token) => call('POST', `${V1}/user/music/edit/${sam.id}/`, { as, json })
    const chosen = await choose({ music: 2 })
    expect([chosen.status, chosen.text]).toEqual([200, '{"message":"Music track updated successfully"}'])
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'music')).toBe(2)
    for (const json of [{}, { music: '' }, { music: null }, { music: 'two' }]) {
      expect([(await choose(json)).status, (await choose(json)).text]).toEqual([400, '{"error":"Music ID is required"}'])
    }
    expect([(await choose({ music: 99 })).status, (await choose({ music: 0 })).text]).toEqual([404, '{"error":"Music track not found"}'])
    const refused = await choose({}, staff.token)
    expect([refused.status, refused.text]).toEqual([403, `{"error":"You are not authorized to edit this user's music preferences."}`])
    expect(at(await call('GET', `${V1}/user/${sam.id}/`, { as: sam.token }), 'music')).toBe(2)
  })
})

describe('credentials', () => {
  const PATHS = [
    ['GET', '/user/1/'],
    ['PATCH', '/user/edit/1/'],
    ['PATCH', '/user/edit/contact/1/'],
    ['GET', '/user/contacts/1/'],
    ['DELETE', '/user/contacts/1/1/'],
    ['PUT', '/user/create/therapist/1/'],
    ['PATCH', '/user/edit/therapist/1/'],
    ['GET', '/user/music/'],
    ['POST', '/user/music/edit/1/'],
    ['GET', '/user/scenarios/'],
  ] as const

  test.each(PATHS)('%s %s requires a credential', async (method, path) => {
    const refused = await call(method, V1 + path)
    expect([refused.status, refused.text]).toEqual([401, '{"detail":"Authentication credentials were not provided."}'])
    expect(refused.headers.get('WWW-Authenticate')).toBe('Token')
  })

  test('a token is rejected after logout', async () => {
    const username = freshName()
    await call('POST', `${V1}/user/registration/`, { json: { username, password: PASSWORD } })
    const token = `Token ${textAt(await call('POST', `${V1}/user/login/`, { json: { username, password: PASSWORD } }), 'token')}`
    expect((await call('GET', `${V1}/user/scenarios/`, { as: token })).status).toBe(200)
    await call('POST', `${V1}/user/logout/`, { as: token })
    const refused = await call('GET', `${V1}/user/scenarios/`, { as: token })
    expect([refused.status, refused.text]).toEqual([401, '{"detail":"Invalid token."}'])
  })

  test('a literal path is not parsed as an id: a wrong method on it is a 405', async () => {
    const { token } = await person()
    for (const path of ['/user/login/', '/user/registration', '/user/logout/']) {
      const refused = await call('GET', V1 + path, { as: token })
      expect([path, refused.status]).toEqual([path, 405])
      expect(refused.headers.get('Allow')).toBe('OPTIONS, POST')
    }
  })
})

test('every list is read through an index', async () => {
  const queries = [
    'SELECT * FROM emergency_contacts WHERE account_id = 1 ORDER BY id LIMIT 10',
    'SELECT count(*) FROM emergency_contacts WHERE account_id = 1',
    'SELECT id FROM therapists WHERE account_id = 1 ORDER BY id DESC LIMIT 10',
    'DELETE FROM therapists WHERE id = 1',
    'SELECT account_id FROM recovery_profiles WHERE therapist_id = 1',
  ]
  for (const query of queries) {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`).all<{ detail: string }>()
    const details = results.map(({ detail }) => detail).join('; ')
    expect(details).toMatch(/USING (COVERING )?(INDEX|INTEGER PRIMARY KEY)/)
    expect(details).not.toMatch(/SCAN|TEMP B-TREE/)
  }
})
