import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../support/call.ts'
import { accountRow, CONTRACTS, DOORS, type Door, newcomer, sessionIn, setActive } from '../support/contracts.ts'

/** One account, five doors: whoever came in by one is known behind all of them. */

const pairs = CONTRACTS.flatMap(([name, door]) => CONTRACTS.map(([other, by]) => [name, other, door, by] as const))

const lists = ['/session/', '/api/users/me/', '/users/byId/', '/api/v1/user/sessions/', '/api/profile/', '/api/users/', '/user-details']

/** What each contract answers with one credential: status by path. */
const opened = async (headers: Record<string, string>): Promise<number[]> => {
  const heard = await Promise.all(lists.map((path) => call('GET', path, { headers })))
  return heard.map(({ status }) => status)
}

const everywhere = lists.map(() => 200)
/** The User app of one contract errorResponse 400 where the others say 401. */
const closedTo = (matrimony: number) => lists.map((path) => (path === '/users/byId/' ? matrimony : 401))

const knownBehind = async (door: Door, headers: Record<string, string>, username: string): Promise<void> => {
  const heard = await door.whoAmI(headers)
  expect(heard.status).toBe(200)
  if (door.nameAt.length > 0) expect(at(heard, ...door.nameAt)).toBe(username)
}

describe('registered by one, logged in by another', () => {
  test.each(pairs)('%s, then %s', async (_name, _other, door, by) => {
    const who = newcomer()
    expect((await door.register(who)).status).toBe(201)
    const loggedIn = await by.logIn({ ...who, username: who.username.toUpperCase() })
    expect(loggedIn.status).toBe(200)
    for (const [, any] of CONTRACTS) await knownBehind(any, by.credential(loggedIn), who.username)
    expect((await by.logIn({ ...who, password: 'not the password 1' })).status).not.toBe(200)
  })

  test.each(pairs)('who registered by %s keeps their name from %s', async (_name, _other, door, by) => {
    const who = newcomer()
    await door.register(who)
    const name = await by.register(newcomer({ username: who.username.toUpperCase(), email: `other.${who.email}` }))
    expect([name.status, name.json]).toEqual([400, by.taken('username')])
    const mail = await by.register(newcomer({ email: who.email.toUpperCase() }))
    expect([mail.status, mail.json]).toEqual([400, by.taken('email')])
  })
})

test('it is the same account behind every door', async () => {
  const who = newcomer()
  await DOORS.recovery.register(who)
  const row = await accountRow(who.username)
  const ids = []
  for (const [name, door] of CONTRACTS) {
    const headers = door.credential(await door.logIn(who))
    if (name === 'mindharmony') ids.push(at(await door.whoAmI(headers), 'user', 'id'))
    if (name === 'facility') ids.push(at(await door.whoAmI(headers), 'data', 'user', 'id'))
    if (name === 'matrimony') ids.push(at(await door.whoAmI(headers), 'user_id'))
    if (name === 'meetups') expect(at(await door.whoAmI(headers), 'id')).toBe(row?.object_id)
  }
  expect(ids).toEqual([row?.id, row?.id, row?.id])
})

describe('one credential opens all five, however it comes', () => {
  test('in a header under either word in any case, and in the cookie', async () => {
    const who = newcomer()
    await DOORS.mindharmony.register(who)
    const seated = await DOORS.facility.logIn(who)
    const tokens = [
      textAt(await DOORS.mindharmony.logIn(who), 'token'),
      textAt(await DOORS.matrimony.logIn(who), 'token'),
      textAt(await DOORS.recovery.logIn(who), 'token'),
      textAt(await DOORS.meetups.logIn(who), 'access'),
      sessionIn(seated),
    ]
    for (const token of tokens) {
      for (const scheme of ['Token', 'Bearer', 'token', 'bearer', 'TOKEN', 'BEARER', 'bEaReR', ' Token', 'Token ']) {
        expect([scheme, ...(await opened({ Authorization: `${scheme} ${token}` }))]).toEqual([scheme, ...everywhere])
      }
      expect(await opened({ Cookie: `sessionid=${token}` })).toEqual(everywhere)
    }
  })

  test('a refresh token opens nothing', async () => {
    const who = newcomer()
    const refresh = textAt(await DOORS.meetups.register(who), 'refresh')
    expect(await opened({ Authorization: `Bearer ${refresh}` })).toEqual(closedTo(401))
    expect(await opened({ Cookie: `sessionid=${refresh}` })).toEqual(closedTo(401))
  })

  test('a header decides, even where a cookie stands beside it', async () => {
    const [one, other] = [newcomer(), newcomer()]
    await DOORS.mindharmony.register(other)
    const cookie = DOORS.facility.credential(await DOORS.facility.register(one))
    const header = DOORS.mindharmony.credential(await DOORS.mindharmony.logIn(other))
    expect(at(await DOORS.meetups.whoAmI({ ...cookie, ...header }), 'username')).toBe(other.username)
    expect(await opened({ ...cookie, Authorization: 'Token nonsense' })).toEqual(closedTo(401))
    expect(at(await DOORS.meetups.whoAmI({ ...cookie, Authorization: 'Basic x' }), 'username')).toBe(one.username)
  })
})

describe('what is over is over everywhere, from the next request on', () => {
  const OUT: Record<string, (headers: Record<string, string>) => Promise<{ status: number }>> = {
    mindharmony: (headers) => call('POST', '/user/logout/', { headers }),
    facility: (headers) => call('DELETE', '/api/sessions/', { headers }),
    matrimony: (headers) => call('POST', '/users/logout/', { headers }),
    recovery: (headers) => call('POST', '/api/v1/user/logout/', { headers }),
  }
  const outs = Object.entries(OUT).flatMap(([by, logOut]) => CONTRACTS.map(([name, door]) => [name, by, door, logOut] as const))

  test.each(outs)('a credential of %s, logged out by %s', async (_name, _by, door, logOut) => {
    const who = newcomer()
    await DOORS.recovery.register(who)
    const kept = door.credential(await door.logIn(who))
    const headers = door.credential(await door.logIn(who))
    expect(await opened(headers)).toEqual(everywhere)
    expect((await logOut(headers)).status).toBe(200)
    expect(await opened(headers)).toEqual(closedTo(401))
    expect(await opened(kept)).toEqual(everywhere)
  })

  test('an account that is closed', async () => {
    const who = newcomer()
    await DOORS.recovery.register(who)
    const held = await Promise.all(CONTRACTS.map(async ([, door]) => door.credential(await door.logIn(who))))
    const [first = {}] = held
    expect((await call('PATCH', '/users/deactivate/', { headers: first })).status).toBe(200)
    for (const headers of held) expect(await opened(headers)).toEqual(closedTo(400))
    const answers = await Promise.all(CONTRACTS.map(async ([name, door]) => [name, (await door.logIn(who)).status]))
    expect(Object.fromEntries(answers)).toEqual({ mindharmony: 400, facility: 401, matrimony: 403, recovery: 401, meetups: 401 })
  })

  test('an account that an operator closes', async () => {
    const who = newcomer()
    const headers = DOORS.facility.credential(await DOORS.facility.register(who))
    expect(await opened(headers)).toEqual(everywhere)
    await setActive(who.username, false)
    expect(await opened(headers)).toEqual(closedTo(400))
  })

  test('everything but one, when the password is reset', async () => {
    const who = newcomer()
    await DOORS.recovery.register(who)
    const held = await Promise.all(CONTRACTS.map(async ([, door]) => door.credential(await door.logIn(who))))
    const [asking = {}, ...others] = held
    const json = { username: who.username, old_password: who.password, new_password: 'another horse 8' }
    expect((await call('PUT', '/users/reset/', { headers: asking, json })).status).toBe(200)
    expect(await opened(asking)).toEqual(everywhere)
    for (const headers of others) expect(await opened(headers)).toEqual(closedTo(401))
    for (const [, door] of CONTRACTS) {
      expect((await door.logIn(who)).status).not.toBe(200)
      expect((await door.logIn({ ...who, password: 'another horse 8' })).status).toBe(200)
    }
  })
})
