import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { allContracts } from '../../../src/app.ts'
import { createContext } from '../../../src/compose.ts'
import { createEnrolment, listPasskeysOf, removePasskeyOf } from '../../../src/domain/accounts/passkeys.ts'
import { accessRightsOf } from '../../../src/domain/support/access-rights.ts'
import { needsCredential } from '../../../src/http/routing/access.ts'
import { CHALLENGE_LIFETIME_MS, ENROLMENT_LIFETIME_MS, MAX_PASSKEYS } from '../../../src/model/passkey.ts'
import { DAY } from '../../../src/model/time.ts'
import { Authenticator, FLAGS, type Lies } from '../../support/authenticator.ts'
import { ORIGIN, readResponse, type TestResponse, textAt } from '../../support/call.ts'
import { PASSWORD, type Person, person, personWith } from '../../support/people.ts'
import { joinDesk, until } from '../../support/sockets.ts'
import { handleWith, withOperatorContext, withSystemContext } from '../../support/worker-context.ts'

const PATH = '/console/api/passkeys/'
const INBOX = '/console/api/rooms'

interface Options {
  /** As if `REQUIRE_STAFF_PASSKEY` were set. */
  readonly isRequired?: boolean
  readonly now?: number
}

/** Every route that asks for a credential, except those that end the log-in or the account. */
const routes = allContracts
  .flatMap((contract) => contract.routes)
  .filter((route) => needsCredential(route) && !/logout|sessions|deactivate|erase|reset|passkeys/.test(route.path))

const request = async (
  method: string,
  path: string,
  { token }: Pick<Person, 'token'>,
  json: unknown = undefined,
  { isRequired = false, now }: Options = {},
): Promise<TestResponse> => {
  const execution = createExecutionContext()
  const context = createContext(env, execution)
  const settings = { ...context.settings, requireStaffPasskey: isRequired, publicUrl: ORIGIN }
  const sent = new Request(new URL(path, ORIGIN), {
    method,
    headers: { Authorization: token, ...(json !== undefined && { 'Content-Type': 'application/json' }) },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  const response = await readResponse(await handleWith(sent, { ...context, settings, ...(now !== undefined && { now: () => now }) }))
  await waitOnExecutionContext(execution)
  return response
}

/** Another log-in of the same person. */
const logInAgain = async (someone: Person): Promise<Person> => {
  const response = await request('POST', '/user/login/', { token: '' }, { username: someone.username, password: PASSWORD })
  return { ...someone, token: `Token ${textAt(response, 'token')}` }
}

const begin = async (someone: Person, options: Options = {}, enrolment = ''): Promise<string> => {
  const begun = await request('POST', `${PATH}challenge/`, someone, { password: PASSWORD, enrolment }, options)
  if (begun.status !== 200) throw new Error(`${begun.status} ${begun.text}`)
  return textAt(begun, 'challenge')
}

const add = async (someone: Person, authenticator = new Authenticator(ORIGIN), options: Options = {}, enrolment = '') => {
  const challenge = await begin(someone, options, enrolment)
  return request('POST', PATH, someone, { ...(await authenticator.create(challenge)), name: 'A key', enrolment }, options)
}

const beginConfirming = async (someone: Person, options: Options = {}): Promise<string> =>
  textAt(await request('POST', `${PATH}challenge/`, someone, {}, options), 'challenge')

const confirm = async (someone: Person, authenticator: Authenticator, lies: Lies = {}, options: Options = {}) =>
  request('POST', `${PATH}confirm/`, someone, await authenticator.sign(await beginConfirming(someone, options), lies), options)

const stateOf = async (someone: Person, options: Options = {}) => textAt(await request('GET', PATH, someone, undefined, options), 'state')

/** Oldest first. */
const idsOf = async ({ id }: Person): Promise<string[]> =>
  (await withOperatorContext((context) => listPasskeysOf(context, id))).map((passkey) => passkey.id)

const staffWithPasskey = async () => {
  const staff = await personWith('is_staff')
  const authenticator = new Authenticator(ORIGIN)
  const added = await add(staff, authenticator)
  if (added.status !== 204) throw new Error(added.text)
  return { staff, authenticator, id: (await idsOf(staff))[0] ?? '' }
}

const actionsOf = async ({ id }: Person): Promise<string[]> => {
  const { results } = await env.DB.prepare("SELECT action FROM audit_entries WHERE subject_id = ? AND action LIKE 'passkey%' ORDER BY id")
    .bind(id)
    .all<{ action: string }>()
  return results.map(({ action }) => action)
}

const subjectsOf = async ({ id }: Person): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    "SELECT subject FROM outbox WHERE account_id = ? AND key LIKE 'notice.%' ORDER BY created_at, key",
  )
    .bind(id)
    .all<{ subject: string }>()
  return results.map(({ subject }) => subject)
}

const isAllowed = async (someone: Person, options: Options = {}) =>
  (await request('GET', INBOX, someone, undefined, options)).status === 200

describe('a passkey', () => {
  test('is added with the password; the owner is notified, and it is recorded', async () => {
    const staff = await personWith('is_admin')
    expect(await stateOf(staff)).toBe('open')
    const authenticator = new Authenticator(ORIGIN)
    const added = await add(staff, authenticator)
    expect(added.status).toBe(204)
    const listed = await request('GET', PATH, staff)
    const passkey = { id: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'A key', created_at: expect.any(String), last_used_at: null }
    expect(listed.json).toEqual({ state: 'open', passkeys: [passkey] })
    expect(await actionsOf(staff)).toEqual(['passkey-added'])
    expect(await subjectsOf(staff)).toEqual(['Your passkey was added'])
  })

  test.each(['ES256', 'RS256'] as const)('may be a key of %s', async (algorithm) => {
    const staff = await personWith('is_staff')
    const authenticator = new Authenticator(ORIGIN, algorithm)
    expect((await add(staff, authenticator)).status).toBe(204)
    const other = await logInAgain(staff)
    expect(await isAllowed(other)).toBe(false)
    expect((await confirm(other, authenticator)).status).toBe(204)
    expect(await isAllowed(other)).toBe(true)
  })

  test('is not added with a wrong password, and not for a member', async () => {
    const staff = await personWith('is_staff')
    const wrong = await request('POST', `${PATH}challenge/`, staff, { password: 'wrong horse 7' })
    expect([wrong.status, wrong.json]).toEqual([400, { password: ['The password is wrong.'] }])
    const sam = await person()
    expect((await request('GET', PATH, sam)).status).toBe(403)
    expect((await request('POST', `${PATH}challenge/`, sam, { password: PASSWORD })).status).toBe(403)
    expect((await request('POST', `${PATH}challenge/`, sam, {})).status).toBe(403)
  })

  test('has a name of 64 characters at most', async () => {
    const staff = await personWith('is_staff')
    const body = await new Authenticator(ORIGIN).create(await begin(staff))
    for (const name of ['', 'x'.repeat(65), undefined]) expect((await request('POST', PATH, staff, { ...body, name })).status).toBe(400)
    expect((await request('POST', PATH, staff, { ...body, name: 'x'.repeat(64) })).status).toBe(204)
  })

  test('is one of ten at most', async () => {
    const staff = await personWith('is_staff')
    for (let number = 1; number < MAX_PASSKEYS; number++) expect((await add(staff)).status).toBe(204)
    const [first, second] = [await begin(staff), new Authenticator(ORIGIN)]
    const body = { ...(await second.create(first)), name: 'The tenth' }
    expect((await request('POST', PATH, staff, body)).status).toBe(204)
    const eleventh = await request('POST', `${PATH}challenge/`, staff, { password: PASSWORD })
    expect([eleventh.status, textAt(eleventh, 'detail')]).toEqual([403, 'There are too many passkeys. Remove one first.'])
  })

  test('of another account cannot be added again', async () => {
    const { authenticator } = await staffWithPasskey()
    const thief = await personWith('is_staff')
    expect((await add(thief, authenticator)).status).toBe(400)
    expect(await actionsOf(thief)).toEqual([])
    expect(await subjectsOf(thief)).toEqual([])
  })
})

describe('a log-in of an account that has a passkey', () => {
  test('has no rights of staff in any contract until it is confirmed', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    await env.DB.prepare('UPDATE accounts SET is_superuser = 1, is_admin = 1 WHERE id = ?').bind(staff.id).run()
    const stolen = await logInAgain(staff)
    const [target, member] = [await person(), await person()]
    const statusOf = async (someone: Person, { method, path }: (typeof routes)[number]) =>
      (await request(method, path.replaceAll(/\{\w+\}/g, String(target.id)), someone, method === 'GET' ? undefined : {})).status
    const statusesOf = async (someone: Person) => {
      const statuses: [string, number][] = []
      for (const one of routes) statuses.push([`${one.method} ${one.path}`, await statusOf(someone, one)])
      return statuses
    }
    const ofMember = await statusesOf(member)
    expect(await statusesOf(stolen)).toEqual(ofMember)
    expect((await request('PATCH', `/user/profile/${staff.id}`, stolen, { bio: 'Hello' })).status).toBe(200)
    expect((await confirm(stolen, authenticator)).status).toBe(204)
    const ofStaff = await statusesOf(stolen)
    const differing = ofStaff.filter(([, status], index) => status !== ofMember[index]?.[1]).map(([name]) => name)
    expect(differing.length).toBeGreaterThan(30)
    expect(differing).toContain('GET /console/api/rooms')
    expect(differing).toContain('GET /ws/admin/')
    expect(await actionsOf(staff)).toEqual(['passkey-added', 'passkey-used'])
  })

  test('cannot add or remove a passkey, and sees none', async () => {
    const { staff, id } = await staffWithPasskey()
    const stolen = await logInAgain(staff)
    const listed = await request('GET', PATH, stolen)
    expect(listed.json).toEqual({ state: 'confirm', passkeys: [] })
    const refused = await request('POST', `${PATH}challenge/`, stolen, { password: PASSWORD })
    expect([refused.status, textAt(refused, 'detail')]).toEqual([403, 'Confirm this log-in with a passkey first.'])
    expect((await request('DELETE', `${PATH}${id}/`, stolen, { password: PASSWORD })).status).toBe(403)
  })

  test('closes the connections at the desk of log-ins that are not confirmed', async () => {
    const staff = await personWith('is_staff')
    const other = await logInAgain(staff)
    const [own, foreign] = [await joinDesk(staff), await joinDesk(other)]
    expect((await add(staff)).status).toBe(204)
    expect(await foreign.isClosed()).toBe(4403)
    expect(own.closed).toBeNull()
    expect((await request('GET', '/ws/admin/', other)).status).toBe(403)
  })

  test('a removed passkey takes the rights from the log-ins that it confirmed, and no others', async () => {
    const { staff, authenticator, id } = await staffWithPasskey()
    const second = new Authenticator(ORIGIN)
    expect((await add(staff, second)).status).toBe(204)
    const [lost, kept] = [await logInAgain(staff), await logInAgain(staff)]
    await confirm(lost, authenticator)
    await confirm(kept, second)
    const desk = await joinDesk(lost)
    expect((await request('DELETE', `${PATH}${id}/`, kept, { password: 'wrong horse 7' })).status).toBe(400)
    expect((await request('DELETE', `${PATH}${id}/`, kept, { password: PASSWORD })).status).toBe(204)
    expect([await isAllowed(lost), await isAllowed(kept)]).toEqual([false, true])
    expect(await desk.isClosed()).toBe(4403)
    expect((await confirm(lost, authenticator)).status).toBe(400)
    expect(await subjectsOf(staff)).toEqual(['Your passkey was added', 'Your passkey was added', 'Your passkey was removed'])
    expect((await request('DELETE', `${PATH}${id}/`, kept, { password: PASSWORD })).status).toBe(404)
  })
})

describe('an answer to confirm a log-in is rejected', () => {
  const { present, verified, backedUp } = FLAGS

  test.each<[string, Lies]>([
    ['of a page of another origin', { origin: 'https://concord.example' }],
    ['of another server', { rpId: 'concord.example' }],
    ['that registers', { type: 'webauthn.create' }],
    ['from a frame of another site', { clientData: { crossOrigin: true } }],
    ['from a frame below another site', { clientData: { topOrigin: 'https://other.example' } }],
    ['without the presence of a person', { flags: verified }],
    ['without a verified person', { flags: present }],
    ['with a key that was copied and may not be', { flags: present | verified | backedUp }],
    ['with another challenge', { clientData: { challenge: 'AAAA' } }],
    ['with a challenge that is no text', { clientData: { challenge: 7 } }],
  ])('%s', async (_what, lies) => {
    const { staff, authenticator } = await staffWithPasskey()
    const other = await logInAgain(staff)
    expect((await confirm(other, authenticator, lies)).status).toBe(400)
    expect(await isAllowed(other)).toBe(false)
    expect(await actionsOf(staff)).toEqual(['passkey-added', 'passkey-failed'])
    expect((await confirm(other, authenticator)).status).toBe(204)
  })

  test('with a signature of another key, or a changed one', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const other = await logInAgain(staff)
    const impostor = new Authenticator(ORIGIN)
    const forged = { ...(await impostor.sign(await beginConfirming(other))), id: (await authenticator.sign('x')).id }
    expect((await request('POST', `${PATH}confirm/`, other, forged)).status).toBe(400)
    for (const signature of ['AA', 'MAA', 'x'.repeat(96), 'MEUC', '!']) {
      const body = { ...(await authenticator.sign(await beginConfirming(other))), signature }
      expect([signature, (await request('POST', `${PATH}confirm/`, other, body)).status]).toEqual([signature, 400])
    }
    expect(await isAllowed(other)).toBe(false)
  })

  test('with malformed parts', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const other = await logInAgain(staff)
    const right = await authenticator.sign(await beginConfirming(other))
    const wrong = { client_data: ['AAAA', 'bnVsbA', 'W10', '=', '/w'], authenticator_data: ['AAAA', '!'], id: ['AAAA', '!'] }
    for (const [field, values] of Object.entries(wrong))
      for (const value of values) {
        const response = await request('POST', `${PATH}confirm/`, other, { ...right, [field]: value })
        expect([field, value, response.status]).toEqual([field, value, 400])
      }
    expect((await request('POST', `${PATH}confirm/`, other, {})).status).toBe(400)
    expect(await isAllowed(other)).toBe(false)
  })

  test('with a passkey of another account', async () => {
    const { staff } = await staffWithPasskey()
    const { authenticator: foreign } = await staffWithPasskey()
    const other = await logInAgain(staff)
    expect((await confirm(other, foreign)).status).toBe(400)
    expect(await isAllowed(other)).toBe(false)
  })

  test('with the challenge of another log-in of the same account', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const [one, two] = [await logInAgain(staff), await logInAgain(staff)]
    const signed = await authenticator.sign(await beginConfirming(one))
    await beginConfirming(two)
    expect((await request('POST', `${PATH}confirm/`, two, signed)).status).toBe(400)
    expect((await request('POST', `${PATH}confirm/`, one, signed)).status).toBe(204)
  })

  test('with the challenge of a registration', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const signed = await authenticator.sign(await begin(staff))
    expect((await request('POST', `${PATH}confirm/`, staff, signed)).status).toBe(400)
  })
})

describe('a challenge', () => {
  test('is answered once, also by two answers at the same time', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const other = await logInAgain(staff)
    const challenge = await beginConfirming(other)
    authenticator.signCount = 1
    const answers = await Promise.all([1, 2, 3, 4].map(async (signCount) => authenticator.sign(challenge, { signCount })))
    const statuses = await Promise.all(answers.map(async (answer) => (await request('POST', `${PATH}confirm/`, other, answer)).status))
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(3)
  })

  test('is used up by a wrong answer', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const other = await logInAgain(staff)
    const challenge = await beginConfirming(other)
    expect((await request('POST', `${PATH}confirm/`, other, await authenticator.sign(challenge, { flags: 1 }))).status).toBe(400)
    expect((await request('POST', `${PATH}confirm/`, other, await authenticator.sign(challenge))).status).toBe(400)
    expect(await isAllowed(other)).toBe(false)
  })

  test('is valid for five minutes', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const [late, inTime] = [await logInAgain(staff), await logInAgain(staff)]
    const now = Date.now()
    const answerAfter = async (someone: Person, ms: number) => {
      const signed = await authenticator.sign(await beginConfirming(someone, { now }))
      return (await request('POST', `${PATH}confirm/`, someone, signed, { now: now + ms })).status
    }
    expect(await answerAfter(late, CHALLENGE_LIFETIME_MS)).toBe(400)
    expect(await answerAfter(inTime, CHALLENGE_LIFETIME_MS - 1)).toBe(204)
  })

  test('of a registration is used once, and two first passkeys at the same time are one', async () => {
    const staff = await personWith('is_staff')
    const other = await logInAgain(staff)
    const challenges = [await begin(staff), await begin(other)]
    const bodies = await Promise.all(
      challenges.map(async (challenge) => ({ ...(await new Authenticator(ORIGIN).create(challenge)), name: 'First' })),
    )
    const [mine, theirs] = bodies
    const statuses = await Promise.all([request('POST', PATH, staff, mine), request('POST', PATH, other, theirs)])
    expect(statuses.map(({ status }) => status).sort()).toEqual([204, 400])
    expect(await actionsOf(staff)).toEqual(['passkey-added'])
    expect((await request('POST', PATH, staff, mine)).status).toBe(400)
    expect(await withOperatorContext((context) => listPasskeysOf(context, staff.id))).toHaveLength(1)
  })

  test('ends with the log-in', async () => {
    const { staff } = await staffWithPasskey()
    const other = await logInAgain(staff)
    await beginConfirming(other)
    const count = () =>
      env.DB.prepare('SELECT count(*) AS n FROM passkey_challenges JOIN credentials ON credentials.id = credential_id WHERE account_id = ?')
        .bind(staff.id)
        .first<number>('n')
    expect(await count()).toBe(1)
    await request('POST', '/user/logout/', other)
    expect(await count()).toBe(0)
  })
})

describe('the counter of an authenticator', () => {
  test('has to grow, and of two signatures with one count at the same time one is accepted', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    const [one, two] = [await logInAgain(staff), await logInAgain(staff)]
    authenticator.signCount = 7
    expect((await confirm(one, authenticator)).status).toBe(204)
    for (const signCount of [0, 6, 7]) expect((await confirm(two, authenticator, { signCount })).status).toBe(400)
    const people = await Promise.all([1, 2, 3].map(async () => logInAgain(staff)))
    authenticator.signCount = 8
    const statuses = await Promise.all(people.map(async (someone) => (await confirm(someone, authenticator)).status))
    expect(statuses.sort()).toEqual([204, 400, 400])
  })

  test('may stay at zero', async () => {
    const { staff, authenticator } = await staffWithPasskey()
    for (let use = 0; use < 2; use++) expect((await confirm(await logInAgain(staff), authenticator)).status).toBe(204)
  })
})

describe('an answer that registers a passkey is rejected', () => {
  const { present, verified, backedUp, hasKey } = FLAGS

  test.each<[string, Lies]>([
    ['of a page of another origin', { origin: 'http://concord.test' }],
    ['of another server', { rpId: 'test' }],
    ['that confirms a log-in', { type: 'webauthn.get' }],
    ['from a frame of another site', { clientData: { crossOrigin: true } }],
    ['without a verified person', { flags: present | hasKey }],
    ['without a key', { flags: present | verified }],
    ['with a key that was copied and may not be', { flags: present | verified | hasKey | backedUp }],
    ['with another challenge', { clientData: { challenge: 'AAAA' } }],
  ])('%s', async (_what, lies) => {
    const staff = await personWith('is_staff')
    const body = { ...(await new Authenticator(ORIGIN).create(await begin(staff), lies)), name: 'A key' }
    expect((await request('POST', PATH, staff, body)).status).toBe(400)
    expect(await actionsOf(staff)).toEqual([])
  })

  test.each([
    ['another id than that of the authenticator', { id: 'AAAA' }],
    ['no key', { public_key: 'AAAA' }],
    ['another algorithm than that of the key', { algorithm: -257 }],
    ['an algorithm that is not supported', { algorithm: -8 }],
    ['data that ends too early', { authenticator_data: 'AAAA' }],
  ])('with %s', async (_what, change) => {
    const staff = await personWith('is_staff')
    const body = { ...(await new Authenticator(ORIGIN).create(await begin(staff))), name: 'A key', ...change }
    expect((await request('POST', PATH, staff, body)).status).toBe(400)
    expect(await withOperatorContext((context) => listPasskeysOf(context, staff.id))).toEqual([])
  })

  test('after the log-in that began it was ended by a new password', async () => {
    const staff = await personWith('is_staff')
    const thief = await logInAgain(staff)
    const body = { ...(await new Authenticator(ORIGIN).create(await begin(thief))), name: 'A key' }
    const changed = { username: staff.username, old_password: PASSWORD, new_password: 'shyam123!' }
    expect((await request('PUT', '/users/reset/', staff, changed)).status).toBe(200)
    expect((await request('POST', PATH, thief, body)).status).toBe(401)
  })
})

describe('where every account of staff needs a passkey', () => {
  const required = { isRequired: true }

  test('the first one needs a code of the operator, beside the password', async () => {
    const staff = await personWith('is_superuser')
    expect(await isAllowed(staff, required)).toBe(false)
    expect(await stateOf(staff, required)).toBe('enrol')
    const refused = await request('POST', `${PATH}challenge/`, staff, { password: PASSWORD }, required)
    expect([refused.status, textAt(refused, 'detail')]).toEqual([403, 'The first passkey needs a valid code of the operator.'])
    const code = await withOperatorContext((context) => createEnrolment(context, staff.id))
    const guess = await request('POST', `${PATH}challenge/`, staff, { password: PASSWORD, enrolment: 'a'.repeat(32) }, required)
    expect(guess.status).toBe(403)
    const authenticator = new Authenticator(ORIGIN)
    expect((await add(staff, authenticator, required, code)).status).toBe(204)
    expect(await isAllowed(staff, required)).toBe(true)
    expect(await stateOf(staff, required)).toBe('open')
    // The code is used up, and a second passkey needs none.
    expect(await env.DB.prepare('SELECT count(*) AS n FROM passkey_enrolments WHERE account_id = ?').bind(staff.id).first('n')).toBe(0)
    expect((await add(staff, new Authenticator(ORIGIN), required)).status).toBe(204)
  })

  test('a code is for one account, for a day, and ends with the next one', async () => {
    const [staff, other] = [await personWith('is_staff'), await personWith('is_staff')]
    const begun = async (someone: Person, enrolment: string, now = Date.now()) =>
      (await request('POST', `${PATH}challenge/`, someone, { password: PASSWORD, enrolment }, { isRequired: true, now })).status
    const first = await withOperatorContext((context) => createEnrolment(context, staff.id))
    expect([await begun(other, first), await begun(staff, first)]).toEqual([403, 200])
    const now = Date.now()
    const second = await withOperatorContext((context) => createEnrolment({ ...context, now: () => now }, staff.id))
    expect([await begun(staff, first), await begun(staff, second, now + ENROLMENT_LIFETIME_MS - 1)]).toEqual([403, 200])
    expect(await begun(staff, second, now + DAY)).toBe(403)
  })

  test('the code is checked again when the passkey arrives', async () => {
    const staff = await personWith('is_staff')
    const code = await withOperatorContext((context) => createEnrolment(context, staff.id))
    const challenge = await begin(staff, required, code)
    await withOperatorContext((context) => createEnrolment(context, staff.id))
    const body = { ...(await new Authenticator(ORIGIN).create(challenge)), name: 'A key', enrolment: code }
    expect((await request('POST', PATH, staff, body, required)).status).toBe(400)
    expect(await isAllowed(staff, required)).toBe(false)
  })

  test('the last one is not removed, also by two removals at the same time', async () => {
    const { staff, id } = await staffWithPasskey()
    const last = await request('DELETE', `${PATH}${id}/`, staff, { password: PASSWORD }, required)
    expect([last.status, textAt(last, 'detail')]).toEqual([403, 'This is the last passkey. Add another one first.'])
    expect((await add(staff, new Authenticator(ORIGIN), required)).status).toBe(204)
    const removals = (await idsOf(staff)).map((one) => request('DELETE', `${PATH}${one}/`, staff, { password: PASSWORD }, required))
    const statuses = (await Promise.all(removals)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(await withOperatorContext((context) => listPasskeysOf(context, staff.id))).toHaveLength(1)
    expect(await subjectsOf(staff)).toEqual(['Your passkey was added', 'Your passkey was added', 'Your passkey was removed'])
  })

  test('the operator removes the last one of a lost device, and the owner is notified', async () => {
    const { staff, id } = await staffWithPasskey()
    const other = await personWith('is_staff')
    expect(await withOperatorContext((context) => removePasskeyOf(context, other.id, id))).toBe(false)
    expect(await withOperatorContext((context) => removePasskeyOf(context, staff.id, id))).toBe(true)
    expect(await isAllowed(staff, required)).toBe(false)
    expect(await stateOf(staff, required)).toBe('enrol')
    expect(await actionsOf(staff)).toEqual(['passkey-added', 'passkey-removed'])
    expect(await subjectsOf(staff)).toEqual(['Your passkey was added', 'Your passkey was removed'])
  })

  test('an open connection of a log-in that is not confirmed is not one of staff', async () => {
    const [staff, { staff: confirmed }] = [await personWith('is_staff'), await staffWithPasskey()]
    const connectionOf = async ({ id }: Person) => ({
      credentialId: String(await env.DB.prepare('SELECT id FROM credentials WHERE account_id = ?').bind(id).first('id')),
      expiresAt: Date.now() + DAY,
      staff: true,
    })
    const connections = [await connectionOf(staff), await connectionOf(confirmed)]
    const rights = (isRequired: boolean) =>
      withSystemContext((context) =>
        accessRightsOf({ ...context, settings: { ...context.settings, requireStaffPasskey: isRequired } }, connections),
      )
    expect(await rights(true)).toEqual(['forbidden', null])
    expect(await rights(false)).toEqual([null, null])
  })
})

test('the first passkey ends the connections of other log-ins, also when it is added without the Worker', async () => {
  const staff = await personWith('is_staff')
  const desk = await joinDesk(staff)
  await env.DB.prepare(
    "INSERT INTO passkeys (id, account_id, webauthn_id, public_key, algorithm, sign_count, name, created_at) VALUES (lower(hex(randomblob(16))), ?1, 'id of ' || ?1, '', -7, 0, '', 0)",
  )
    .bind(staff.id)
    .run()
  await until(() => desk.closed)
  expect(desk.closed?.code).toBe(4403)
})
