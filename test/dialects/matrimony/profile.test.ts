import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { systemContext } from '../../../src/domain/access.ts'
import { sweepPictures } from '../../../src/domain/maintenance/sweep-media.ts'
import { cleanImage } from '../../../src/domain/profiles/images/clean.ts'
import { createProfile } from '../../../src/domain/profiles/matrimony.ts'
import { authenticate } from '../../../src/domain/sessions/authenticate.ts'
import { ageOn, ageProblem } from '../../../src/model/age.ts'
import { findListedProfiles, findOrphanedPictures, findProfile } from '../../../src/store/matrimony-profiles.ts'
import { at, call, ORIGIN, type TestResponse, textAt } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { COLOUR_PROFILE, gif, jpeg, png, textOf, webp } from '../../support/images.ts'
import { type Person, person, personWith } from '../../support/people.ts'

const PROFILE = {
  Gender: 'Female',
  Date_of_Birth: '1998-04-12',
  Height: '165',
  Weight: '58',
  Religion: 'Hindu',
  Caste: 'Nair',
  Income: '600000',
  Profession: 'Teacher',
  Education: "Master's Degree",
  Bio: 'Books, rain and long walks.',
  Marital_status: 'Single',
  Location: 'Kochi',
  Language: 'Malayalam',
}

const form = (fields: Record<string, string>, image?: Uint8Array<ArrayBuffer>, name = 'me.jpg'): FormData => {
  const data = new FormData()
  for (const [key, value] of Object.entries(fields)) data.set(key, value)
  if (image) data.set('Profile_img', new File([image], name, { type: 'text/html' }))
  return data
}

const create = ({ token }: Person, fields: Record<string, string> = PROFILE, image: Uint8Array<ArrayBuffer> | undefined = jpeg()) =>
  call('POST', '/profile/', { as: token, body: form(fields, image) })

const memberWithProfile = async (fields: Record<string, string> = PROFILE, image = jpeg()): Promise<Person> => {
  const owner = await person()
  expect((await create(owner, fields, image)).status).toBe(201)
  return owner
}

const readOwn = (owner: Person): Promise<TestResponse> => call('GET', '/profile/byid/', { as: owner.token })

const encoded = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))

const keys = async (): Promise<string[]> => (await env.MEDIA.list({ prefix: 'profile_img/' })).objects.map(({ key }) => key)

const storedOf = async (owner: Person): Promise<Uint8Array> => {
  const path = textAt(await readOwn(owner), 'Profile_img').replace('/media/', '')
  const object = await env.MEDIA.get(path)
  return new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0))
}

describe('12: creating a profile', () => {
  test('with a picture and every field of the contract document', async () => {
    const owner = await person()
    const response = await create(owner, { ...PROFILE, user_id: '1', Age: '99' })
    expect([response.status, response.text]).toEqual([201, '{"message":"Profile created successfully"}'])
    const read = await readOwn(owner)
    const [image, created] = [textAt(read, 'Profile_img'), textAt(read, 'created_on')]
    expect(image).toMatch(/^\/media\/profile_img\/[0-9a-f]{32}\.jpg$/)
    const age = ageOn(Date.now(), '1998-04-12')
    expect(read.text).toBe(
      `{"id":${owner.id},"Profile_img_url":"${ORIGIN}${image}","Gender":"Female","Date_of_Birth":"1998-04-12","Age":${age},"Height":165,"Weight":58,"Religion":"Hindu","Caste":"Nair","Income":600000,"Profession":"Teacher","Education":"Master's Degree","Bio":"Books, rain and long walks.","Marital_status":"Single","Location":"Kochi","Language":"Malayalam","Profile_img":"${image}","created_on":"${created}","updated_on":"${created}","user_id":${owner.id}}`,
    )
    const facility = await call('GET', '/api/users/me/', { as: owner.token })
    expect(facility.text).toContain(`${ORIGIN}${image}`)
  })

  test('with only a picture', async () => {
    const owner = await memberWithProfile({})
    const read = await readOwn(owner)
    expect([at(read, 'Gender'), at(read, 'Date_of_Birth'), at(read, 'Age'), at(read, 'Bio')]).toEqual([null, null, null, ''])
  })

  test('a second time is rejected', async () => {
    const owner = await memberWithProfile()
    const before = await keys()
    const again = await create(owner)
    expect([again.status, again.text]).toEqual([409, `{"message":"A profile already exists for this user.","user_id":${owner.id}}`])
    expect(await keys()).toEqual(before)
  })

  test('twenty concurrent requests create one profile and leave one picture', async () => {
    const owner = await person()
    const before = await keys()
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(owner)))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
    expect((await keys()).length).toBe(before.length + 1)
    expect((await storedOf(owner)).length).toBeGreaterThan(0)
  })

  test.each([
    [{}, 'none', { Profile_img: ['No file was submitted.'] }],
    [{ Gender: 'Robot' }, 'jpeg', { Gender: ['Invalid gender. Valid values are: Male, Female, Others'] }],
    [{ Date_of_Birth: '12-04-1998' }, 'jpeg', { Date_of_Birth: ['Invalid date format. Use YYYY-MM-DD.'] }],
    [{ Date_of_Birth: '1999-02-29' }, 'jpeg', { Date_of_Birth: ['Invalid date format. Use YYYY-MM-DD.'] }],
    [{ Date_of_Birth: '2020-01-01' }, 'jpeg', { non_field_errors: ['Users must be at least 18 years old to create a profile.'] }],
    [{ Date_of_Birth: '1950-01-01' }, 'jpeg', { non_field_errors: ['Users must be at most 55 years old to create a profile.'] }],
    [{}, 'text', { Profile_img: ['Upload a valid image. The file you uploaded was either not an image or a corrupted image.'] }],
    [{}, 'empty', { Profile_img: ['The submitted file is empty.'] }],
    [
      { Height: '49', Weight: '401', Income: '-1', Bio: 'x'.repeat(501), Location: 'Atlantis', Marital_status: 'Complicated' },
      'text',
      {
        Profile_img: ['Upload a valid image. The file you uploaded was either not an image or a corrupted image.'],
        Height: ['Ensure this value is greater than or equal to 50.'],
        Weight: ['Ensure this value is less than or equal to 400.'],
        Income: ['Ensure this value is greater than or equal to 0.'],
        Bio: ['Ensure this field has no more than 500 characters.'],
        Marital_status: ['Invalid marital_status. Valid values are: Single, Married, Divorced, Widowed, Separated'],
        Location: [expect.stringMatching(/^Invalid location\. Valid values are: Thiruvananthapuram, Kochi, /)],
      },
    ],
  ] as const)('is rejected with %o and a picture of kind %s', async (fields, kind, errors) => {
    const owner = await person()
    const before = await keys()
    const images = { none: undefined, jpeg: jpeg(), text: encoded('<script>alert(1)</script>'), empty: new Uint8Array() }
    const response = await call('POST', '/profile/', { as: owner.token, body: form({ ...fields }, images[kind]) })
    expect(response.status).toBe(400)
    expect(response.json).toEqual({ message: 'Validation failed', errors, ...errors })
    expect(Object.keys(Object(at(response, 'errors')))).toEqual(Object.keys(errors))
    expect((await readOwn(owner)).status).toBe(404)
    expect(await keys()).toEqual(before)
  })

  test('as JSON is rejected, because JSON has no files', async () => {
    const owner = await person()
    const response = await call('POST', '/profile/', { as: owner.token, json: { Gender: 'Male' } })
    expect(response.text).toBe(
      '{"message":"Validation failed","errors":{"Profile_img":["No file was submitted."]},"Profile_img":["No file was submitted."]}',
    )
    const named = await call('POST', '/profile/', { as: owner.token, json: { Profile_img: 'me.jpg' } })
    expect(at(named, 'Profile_img')).toEqual(['The submitted data was not a file. Check the encoding type on the form.'])
  })

  test('a new master data value is valid in the next request', async () => {
    const operator = await personWith('is_superuser')
    const value = `Island of ${crypto.randomUUID()}`
    expect((await create(await person(), { Location: value })).status).toBe(400)
    await call('POST', '/commonmatch/master/', { as: operator.token, json: [{ type: 21, value }] })
    expect((await create(await person(), { Location: value })).status).toBe(201)
  })

  test('accepts a picture of 5 MiB and rejects a larger one', async () => {
    const overhead = jpeg().length
    const owner = await memberWithProfile({}, jpeg({ size: 5 * 1024 * 1024 - overhead }))
    expect((await storedOf(owner)).length).toBeGreaterThan(5 * 1024 * 1024 - 2 * overhead)
    for (const size of [5 * 1024 * 1024 - overhead + 1, 6 * 1024 * 1024]) {
      const response = await create(await person(), {}, jpeg({ size }))
      expect([response.status, response.text]).toEqual([413, '{"detail":"Request body is too large."}'])
    }
  })

  test('without credentials is rejected', async () => {
    const anonymous = await call('POST', '/profile/', { body: form(PROFILE, jpeg()) })
    expect([anonymous.status, anonymous.text]).toEqual([401, '{"message":"Authentication credentials were not provided."}'])
  })
})

describe('pictures', () => {
  test('a JPEG keeps its colour profile and orientation, and loses its location and other metadata', async () => {
    const sent = jpeg({ orientation: 6 })
    expect(textOf(sent)).toMatch(/GPSLatitude|Dublin/)
    const stored = await storedOf(await memberWithProfile({}, sent))
    const text = textOf(stored)
    expect(text).not.toMatch(/GPS|Dublin|Photoshop|xap|ftyp|\x25\x88/)
    expect(text).toContain(textOf(COLOUR_PROFILE))
    expect(text).toContain('\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06')
    expect(text).toContain('\x12\xff\x00\x34\xff\xd0\x56')
    expect(text.slice(0, 3) + text.slice(-2)).toBe('\xff\xd8\xff\xff\xd9')
    const upright = textOf(await storedOf(await memberWithProfile({}, jpeg({ orientation: 1 }))))
    expect(upright).not.toContain('Exif')
  })

  test.each([
    ['image/png', 'png', png()],
    ['image/webp', 'webp', webp()],
    ['image/gif', 'gif', gif()],
  ])('%s is recognized by its bytes, not by its file name, and loses its metadata', async (type, extension, image) => {
    const owner = await memberWithProfile({}, image)
    expect(textOf(await storedOf(owner))).not.toMatch(/GPS|Dublin|behind/)
    const path = textAt(await readOwn(owner), 'Profile_img')
    expect(path).toMatch(new RegExp(`\\.${extension}$`))
    expect((await call('GET', path)).headers.get('Content-Type')).toBe(type)
  })

  test('broken files are rejected', async () => {
    const wrong = [
      jpeg().slice(0, 40),
      png().slice(0, 60),
      webp().slice(0, 20),
      gif().slice(0, 30),
      Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
      encoded('GIF89a<script>alert(1)</script>'),
      encoded('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ]
    const owner = await person()
    for (const image of wrong) expect((await create(owner, {}, image)).status).toBe(400)
  })

  test('are cacheable for a year, and support range and conditional requests', async () => {
    const owner = await memberWithProfile()
    const path = textAt(await readOwn(owner), 'Profile_img')
    const stored = await storedOf(owner)
    const whole = await call('GET', path)
    expect(whole.status).toBe(200)
    expect(whole.headers.get('Content-Type')).toBe('image/jpeg')
    expect(whole.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    expect(whole.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(whole.headers.get('Content-Length')).toBe(String(stored.length))
    const etag = String(whole.headers.get('ETag'))
    expect(etag).toMatch(/^"[^"]+"$/)

    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const same = await call('GET', path, { headers: { 'If-None-Match': known } })
      expect([same.status, same.text, same.headers.get('ETag')]).toEqual([304, '', etag])
    }
    expect((await call('GET', path, { headers: { 'If-None-Match': '"x"' } })).status).toBe(200)

    const part = async (range: string, headers: Record<string, string> = {}) => {
      const response = await call('GET', path, { headers: { Range: range, ...headers } })
      return [response.status, response.headers.get('Content-Range'), response.headers.get('Content-Length')]
    }
    const size = stored.length
    expect(await part('bytes=0-3')).toEqual([206, `bytes 0-3/${size}`, '4'])
    expect(await part('bytes=10-')).toEqual([206, `bytes 10-${size - 1}/${size}`, String(size - 10)])
    expect(await part('bytes=-5')).toEqual([206, `bytes ${size - 5}-${size - 1}/${size}`, '5'])
    expect(await part('bytes=0-999999')).toEqual([206, `bytes 0-${size - 1}/${size}`, String(size)])
    expect(await part(`bytes=${size}-`)).toEqual([416, `bytes */${size}`, null])
    expect(await part('bytes=0-1,3-4')).toEqual([200, null, String(size)])
    expect(await part('furlongs=0-1')).toEqual([200, null, String(size)])
    expect(await part('bytes=0-3', { 'If-Range': '"x"' })).toEqual([200, null, String(size)])
    expect(await part('bytes=0-3', { 'If-Range': etag })).toEqual([206, `bytes 0-3/${size}`, '4'])

    const head = await call('HEAD', path)
    expect([head.status, head.text, head.headers.get('Content-Length')]).toEqual([200, '', String(size)])
  })

  test('unknown names get a 404', async () => {
    for (const name of ['x.jpg', `${'0'.repeat(32)}.jpg`, '..%2F..%2Fsecret', '%00']) {
      const response = await call('GET', `/media/profile_img/${name}`)
      expect([response.status, response.text]).toEqual([404, '{"detail":"Not found."}'])
    }
    expect((await call('POST', '/media/profile_img/x.jpg')).status).toBe(405)
  })

  test('orphaned pictures are deleted by the sweep, and no others', async () => {
    const owner = await memberWithProfile()
    const orphan = `profile_img/${'a'.repeat(32)}.jpg`
    await env.MEDIA.put(orphan, jpeg())
    const context = systemContext(createContext(env, { waitUntil: () => undefined }))
    expect(await sweepPictures(context)).toBe(0)
    const inTwoHours = { ...context, now: () => Date.now() + 2 * 60 * 60 * 1000 }
    expect(await sweepPictures(inTwoHours)).toBe(1)
    expect(await keys()).not.toContain(orphan)
    expect((await storedOf(owner)).length).toBeGreaterThan(0)
    expect(await sweepPictures(inTwoHours)).toBe(0)
  })

  test('a picture is deleted if its row cannot be written', async () => {
    const owner = await person()
    const before = await keys()
    await env.DB.prepare(
      `CREATE TRIGGER reject_profile BEFORE INSERT ON matrimony_profiles WHEN NEW.account_id = ${owner.id} BEGIN SELECT RAISE(ABORT, 'no'); END`,
    ).run()
    const failed = await create(owner)
    await env.DB.prepare('DROP TRIGGER reject_profile').run()
    expect([failed.status, at(failed, 'error')]).toEqual([500, 'An unexpected error occurred. Please try again later.'])
    expect(await keys()).toEqual(before)
    expect((await readOwn(owner)).status).toBe(404)
  })
})

test('a picture that cannot be stored leaves no row', async () => {
  const owner = await person()
  const context = createContext(env, { waitUntil: () => undefined })
  const caller = await authenticate(context, owner.token.replace('Token ', ''))
  const image = cleanImage(jpeg())
  if (typeof caller === 'string' || !image) throw new Error('not authenticated, or not a picture')
  const put = () => Promise.reject(new Error('the bucket does not answer'))
  const failing = { ...caller, media: { ...context.media, put } }
  await expect(createProfile(failing, { changes: {}, image })).rejects.toThrow('does not answer')
  expect((await readOwn(owner)).status).toBe(404)
})

describe('13: the list', () => {
  test('has ten profiles per page, and hides income and birth date from other members', async () => {
    const owner = await memberWithProfile()
    for (let count = 0; count < 10; count++) await memberWithProfile({ Gender: 'Male', Date_of_Birth: '1990-01-01', Income: '5' })
    const [otherMember, staff] = await Promise.all([person(), personWith('is_staff')])
    const first = await call('GET', '/profile/', { as: otherMember.token })
    const count = Number(at(first, 'count'))
    expect(Object(at(first, 'results')).length).toBe(10)
    expect([at(first, 'next'), at(first, 'previous')]).toEqual([`${ORIGIN}/profile/?page=2`, null])
    const second = await call('GET', '/profile/?page=2', { as: otherMember.token })
    expect(at(second, 'previous')).toBe(`${ORIGIN}/profile/`)

    const findRow = async (reader: Person): Promise<Record<string, unknown>> => {
      for (let page = 1; page <= Math.ceil(count / 10); page++) {
        const response = await call('GET', `/profile/?page=${page}`, { as: reader.token })
        const row = Object(at(response, 'results')).find(({ id }: Record<string, unknown>) => id === owner.id)
        if (row) return row
      }
      throw new Error('not listed')
    }
    const ownProfile = await readOwn(owner)
    expect(await findRow(owner)).toEqual(ownProfile.json)
    expect(await findRow(staff)).toEqual(ownProfile.json)
    expect(await findRow(otherMember)).toEqual({ ...Object(ownProfile.json), Income: null, Date_of_Birth: null })
    expect(Object.keys(await findRow(otherMember))).toEqual(Object.keys(Object(ownProfile.json)))

    const beyond = await call('GET', `/profile/?page=${Math.ceil(count / 10) + 1}`, { as: otherMember.token })
    expect([beyond.status, beyond.text]).toEqual([404, '{"detail":"Invalid page."}'])
  })

  test('does not list deactivated accounts, and its pages stay full', async () => {
    const [, deactivated] = [await memberWithProfile(), await memberWithProfile()]
    const reader = await person()
    const before = Number(at(await call('GET', '/profile/', { as: reader.token }), 'count'))
    await call('PATCH', '/users/deactivate/', { as: deactivated.token })
    const ids: unknown[] = []
    for (let page = 1; page <= Math.ceil((before - 1) / 10); page++) {
      const response = await call('GET', `/profile/?page=${page}`, { as: reader.token })
      expect(at(response, 'count')).toBe(before - 1)
      ids.push(...Object(at(response, 'results')).map((row: Record<string, unknown>) => row.id))
    }
    expect(new Set(ids).size).toBe(before - 1)
    expect(ids).not.toContain(deactivated.id)
    expect(ids).toEqual([...ids].sort((one, other) => Number(one) - Number(other)))
  })

  test('costs the same on every page, for any number of profiles', async () => {
    for (const from of [20, 'last'] as const) {
      const steps = await explain((store) => findListedProfiles(store, 1, from, 10))
      expect(expensiveSteps(steps, 'outer_bucket', 'inner_bucket', 'left_out')).toEqual([])
      expect(steps.join('\n')).toContain('matrimony_profiles_listed (')
    }
    expect(expensiveSteps(await explain((store) => findProfile(store, 1)))).toEqual([])
    expect(expensiveSteps(await explain((store) => findOrphanedPictures(store, ['x'])), 'json_each')).toEqual([])
  })
})

describe('14–16: the own profile', () => {
  test('14 to 16: 404 or 400 if there is no profile yet', async () => {
    const owner = await person()
    const read = await readOwn(owner)
    expect([read.status, read.text]).toEqual([404, '{"message":"Profile not found"}'])
    const changed = await call('PATCH', '/profile/byid/', { as: owner.token, json: { Height: 170 } })
    expect([changed.status, changed.text]).toEqual([404, '{"message":"Profile not found"}'])
    const removed = await call('DELETE', '/profile/byid/', { as: owner.token })
    expect([removed.status, removed.text]).toEqual([400, '{"message":"profile not found"}'])
  })

  test.each(['PUT', 'PATCH'])('15: %s changes only the fields that are sent', async (method) => {
    const owner = await memberWithProfile()
    const before = await readOwn(owner)
    const changed = await call(method, '/profile/byid/', {
      as: owner.token,
      json: { Height: 170, Location: 'Thrissur', Age: 3, user_id: 1 },
    })
    expect(changed.status).toBe(200)
    expect(changed.json).toEqual({ ...Object(before.json), Height: 170, Location: 'Thrissur', updated_on: at(changed, 'updated_on') })
    expect(Object.keys(Object(changed.json))).toEqual(Object.keys(Object(before.json)))
    const cleared = await call(method, '/profile/byid/', { as: owner.token, body: form({ Height: '', Caste: '' }) })
    expect([at(cleared, 'Height'), at(cleared, 'Caste'), at(cleared, 'Weight')]).toEqual([null, null, 58])
    const nulls = await call(method, '/profile/byid/', { as: owner.token, json: { Gender: null, Bio: null } })
    expect([at(nulls, 'Gender'), at(nulls, 'Bio')]).toEqual([null, ''])
  })

  test('15: field errors have no wrapper', async () => {
    const owner = await memberWithProfile()
    const response = await call('PUT', '/profile/byid/', {
      as: owner.token,
      json: { Gender: 'Robot', Height: true, Weight: 12.5, Caste: [] },
    })
    expect([response.status, response.text]).toEqual([
      400,
      '{"Gender":["Invalid gender. Valid values are: Male, Female, Others"],"Height":["A valid integer is required."],"Weight":["A valid integer is required."],"Caste":["Not a valid string."]}',
    ])
    const young = await call('PATCH', '/profile/byid/', { as: owner.token, json: { Date_of_Birth: '2020-01-01' } })
    expect(young.text).toBe('{"non_field_errors":["Users must be at least 18 years old to create a profile."]}')
    const unknown = await call('PATCH', '/profile/byid/', { as: owner.token, json: { Gender: 'Robot' } })
    expect(unknown.text).toBe('{"Gender":["Invalid gender. Valid values are: Male, Female, Others"]}')
    const empty = await call('PATCH', '/profile/byid/', { as: owner.token })
    expect(empty.status).toBe(200)
  })

  test('15: replaced pictures are deleted, even with concurrent replacements', async () => {
    const owner = await memberWithProfile()
    const first = textAt(await readOwn(owner), 'Profile_img')
    const before = await keys()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('PATCH', '/profile/byid/', { as: owner.token, body: form({}, png()) })),
    )
    expect(answers.every(({ status }) => status === 200)).toBe(true)
    expect((await keys()).length).toBe(before.length)
    expect((await call('GET', first)).status).toBe(404)
    const current = textAt(await readOwn(owner), 'Profile_img')
    expect((await call('GET', current)).status).toBe(200)
    const account = await env.DB.prepare('SELECT profile_picture FROM accounts WHERE id = ?').bind(owner.id).first('profile_picture')
    expect(account).toBe(current)
  })

  test('16: a profile is deleted with its picture, and can be created again', async () => {
    const owner = await memberWithProfile()
    const path = textAt(await readOwn(owner), 'Profile_img')
    const removed = await call('DELETE', '/profile/byid/', { as: owner.token })
    expect([removed.status, removed.text]).toEqual([200, '{"Message":"Profile deleted successfully"}'])
    expect((await call('GET', path)).status).toBe(404)
    const account = await env.DB.prepare('SELECT profile_picture FROM accounts WHERE id = ?').bind(owner.id).first('profile_picture')
    expect(account).toBeNull()
    expect((await create(owner)).status).toBe(201)
  })
})

describe('ages', () => {
  const day = (date: string) => Date.parse(`${date}T12:00:00Z`)

  test('count completed years, and follow the calendar', () => {
    expect(ageOn(day('2024-04-11'), '1998-04-12')).toBe(25)
    expect(ageOn(day('2024-04-12'), '1998-04-12')).toBe(26)
    expect(ageOn(day('2030-04-12'), '1998-04-12')).toBe(32)
    expect(ageOn(day('2023-02-28'), '2004-02-29')).toBe(18)
    expect(ageOn(day('2023-03-01'), '2004-02-29')).toBe(19)
  })

  test('from 18 to 55 may have a profile', () => {
    expect(ageProblem(day('2024-04-11'), '2006-04-12')).toBe('too-young')
    expect(ageProblem(day('2024-04-12'), '2006-04-12')).toBeNull()
    expect(ageProblem(day('2024-04-11'), '1968-04-12')).toBeNull()
    expect(ageProblem(day('2024-04-12'), '1968-04-12')).toBe('too-old')
  })
})
