import { describe, expect, test } from 'vitest'
import { at, call, textAt } from '../support/call.ts'
import { accountRow, CONTRACT_CLIENTS, CONTRACTS, type ContractClient, newcomer, sessionIn, setActive } from '../support/contracts.ts'

/** One account, five contracts: an account that registers or logs in through one contract is valid in all of them. */

const pairs = CONTRACTS.flatMap(([name, contract]) => CONTRACTS.map(([otherName, other]) => [name, otherName, contract, other] as const))

const paths = ['/session/', '/api/users/me/', '/users/byId/', '/api/v1/user/sessions/', '/api/profile/', '/api/users/', '/user-details']

/** The status of each path with one credential. */
const statusesWith = async (headers: Record<string, string>): Promise<number[]> => {
  const responses = await Promise.all(paths.map((path) => call('GET', path, { headers })))
  return responses.map(({ status }) => status)
}

const allOk = paths.map(() => 200)
/** One app of matrimony responds with 400 in some cases where the other contracts respond with 401. */
const allRejected = (matrimonyStatus: number) => paths.map((path) => (path === '/users/byId/' ? matrimonyStatus : 401))

const expectKnown = async (contract: ContractClient, headers: Record<string, string>, username: string): Promise<void> => {
  const response = await contract.whoAmI(headers)
  expect(response.status).toBe(200)
  if (contract.nameAt.length > 0) expect(at(response, ...contract.nameAt)).toBe(username)
}

describe('registered by one, logged in by another', () => {
  test.each(pairs)('%s, then %s', async (_name, _otherName, contract, other) => {
    const account = newcomer()
    expect((await contract.register(account)).status).toBe(201)
    const loggedIn = await other.logIn({ ...account, username: account.username.toUpperCase() })
    expect(loggedIn.status).toBe(200)
    for (const [, each] of CONTRACTS) await expectKnown(each, other.credential(loggedIn), account.username)
    expect((await other.logIn({ ...account, password: 'not the password 1' })).status).not.toBe(200)
  })

  test.each(pairs)('a username and e-mail address registered through %s are taken for %s', async (_name, _otherName, contract, other) => {
    const account = newcomer()
    await contract.register(account)
    const name = await other.register(newcomer({ username: account.username.toUpperCase(), email: `other.${account.email}` }))
    expect([name.status, name.json]).toEqual([400, other.taken('username')])
    const mail = await other.register(newcomer({ email: account.email.toUpperCase() }))
    expect([mail.status, mail.json]).toEqual([400, other.taken('email')])
  })
})

describe('a password is used exactly as it was sent', () => {
  test.each(pairs)('registered by %s, logged in by %s', async (_name, _otherName, contract, other) => {
    const account = newcomer({ password: '  spaces around 1 ' })
    expect((await contract.register(account)).status).toBe(201)
    expect((await other.logIn(account)).status).toBe(200)
    expect((await other.logIn({ ...account, password: account.password.trim() })).status).not.toBe(200)
  })

  test.each(CONTRACTS)('%s rejects one of spaces only', async (_name, contract) => {
    expect((await contract.register(newcomer({ password: '          ' }))).status).toBe(400)
  })
})

test('every contract returns the same account', async () => {
  const account = newcomer()
  await CONTRACT_CLIENTS.recovery.register(account)
  const row = await accountRow(account.username)
  const ids = []
  for (const [name, contract] of CONTRACTS) {
    const headers = contract.credential(await contract.logIn(account))
    if (name === 'mindharmony') ids.push(at(await contract.whoAmI(headers), 'user', 'id'))
    if (name === 'facility') ids.push(at(await contract.whoAmI(headers), 'data', 'user', 'id'))
    if (name === 'matrimony') ids.push(at(await contract.whoAmI(headers), 'user_id'))
    if (name === 'meetups') expect(at(await contract.whoAmI(headers), 'id')).toBe(row?.object_id)
  }
  expect(ids).toEqual([row?.id, row?.id, row?.id])
})

describe('one credential is valid in all five contracts', () => {
  test('in the header with either scheme in any case, and in the cookie', async () => {
    const account = newcomer()
    await CONTRACT_CLIENTS.mindharmony.register(account)
    const session = await CONTRACT_CLIENTS.facility.logIn(account)
    const tokens = [
      textAt(await CONTRACT_CLIENTS.mindharmony.logIn(account), 'token'),
      textAt(await CONTRACT_CLIENTS.matrimony.logIn(account), 'token'),
      textAt(await CONTRACT_CLIENTS.recovery.logIn(account), 'token'),
      textAt(await CONTRACT_CLIENTS.meetups.logIn(account), 'access'),
      sessionIn(session),
    ]
    for (const token of tokens) {
      for (const scheme of ['Token', 'Bearer', 'token', 'bearer', 'TOKEN', 'BEARER', 'bEaReR', ' Token', 'Token ']) {
        expect([scheme, ...(await statusesWith({ Authorization: `${scheme} ${token}` }))]).toEqual([scheme, ...allOk])
      }
      expect(await statusesWith({ Cookie: `sessionid=${token}` })).toEqual(allOk)
    }
  })

  test('a refresh token is rejected', async () => {
    const account = newcomer()
    const refresh = textAt(await CONTRACT_CLIENTS.meetups.register(account), 'refresh')
    expect(await statusesWith({ Authorization: `Bearer ${refresh}` })).toEqual(allRejected(401))
    expect(await statusesWith({ Cookie: `sessionid=${refresh}` })).toEqual(allRejected(401))
  })

  test('the header has priority over the cookie', async () => {
    const [one, other] = [newcomer(), newcomer()]
    await CONTRACT_CLIENTS.mindharmony.register(other)
    const cookie = CONTRACT_CLIENTS.facility.credential(await CONTRACT_CLIENTS.facility.register(one))
    const header = CONTRACT_CLIENTS.mindharmony.credential(await CONTRACT_CLIENTS.mindharmony.logIn(other))
    expect(at(await CONTRACT_CLIENTS.meetups.whoAmI({ ...cookie, ...header }), 'username')).toBe(other.username)
    expect(await statusesWith({ ...cookie, Authorization: 'Token nonsense' })).toEqual(allRejected(401))
    expect(at(await CONTRACT_CLIENTS.meetups.whoAmI({ ...cookie, Authorization: 'Basic x' }), 'username')).toBe(one.username)
  })
})

describe('a revoked credential is rejected by all contracts from the next request on', () => {
  const LOG_OUT: Record<string, (headers: Record<string, string>) => Promise<{ status: number }>> = {
    mindharmony: (headers) => call('POST', '/user/logout/', { headers }),
    facility: (headers) => call('DELETE', '/api/sessions/', { headers }),
    matrimony: (headers) => call('POST', '/users/logout/', { headers }),
    recovery: (headers) => call('POST', '/api/v1/user/logout/', { headers }),
  }
  const logOuts = Object.entries(LOG_OUT).flatMap(([logOutName, logOut]) =>
    CONTRACTS.map(([name, contract]) => [name, logOutName, contract, logOut] as const),
  )

  test.each(logOuts)('a credential of %s, logged out through %s', async (_name, _logOutName, contract, logOut) => {
    const account = newcomer()
    await CONTRACT_CLIENTS.recovery.register(account)
    const other = contract.credential(await contract.logIn(account))
    const headers = contract.credential(await contract.logIn(account))
    expect(await statusesWith(headers)).toEqual(allOk)
    expect((await logOut(headers)).status).toBe(200)
    expect(await statusesWith(headers)).toEqual(allRejected(401))
    expect(await statusesWith(other)).toEqual(allOk)
  })

  test('an account that deactivates itself', async () => {
    const account = newcomer()
    await CONTRACT_CLIENTS.recovery.register(account)
    const credentials = await Promise.all(CONTRACTS.map(async ([, contract]) => contract.credential(await contract.logIn(account))))
    const [first = {}] = credentials
    expect((await call('PATCH', '/users/deactivate/', { headers: first })).status).toBe(200)
    for (const headers of credentials) expect(await statusesWith(headers)).toEqual(allRejected(400))
    const statuses = await Promise.all(CONTRACTS.map(async ([name, contract]) => [name, (await contract.logIn(account)).status]))
    expect(Object.fromEntries(statuses)).toEqual({ mindharmony: 400, facility: 401, matrimony: 403, recovery: 401, meetups: 401 })
  })

  test('an account that an operator deactivates', async () => {
    const account = newcomer()
    const headers = CONTRACT_CLIENTS.facility.credential(await CONTRACT_CLIENTS.facility.register(account))
    expect(await statusesWith(headers)).toEqual(allOk)
    await setActive(account.username, false)
    expect(await statusesWith(headers)).toEqual(allRejected(400))
  })

  test('all credentials except the current one, when the password is reset', async () => {
    const account = newcomer()
    await CONTRACT_CLIENTS.recovery.register(account)
    const credentials = await Promise.all(CONTRACTS.map(async ([, contract]) => contract.credential(await contract.logIn(account))))
    const [current = {}, ...others] = credentials
    const json = { username: account.username, old_password: account.password, new_password: 'another horse 8' }
    expect((await call('PUT', '/users/reset/', { headers: current, json })).status).toBe(200)
    expect(await statusesWith(current)).toEqual(allOk)
    for (const headers of others) expect(await statusesWith(headers)).toEqual(allRejected(401))
    for (const [, contract] of CONTRACTS) {
      expect((await contract.logIn(account)).status).not.toBe(200)
      expect((await contract.logIn({ ...account, password: 'another horse 8' })).status).toBe(200)
    }
  })
})
