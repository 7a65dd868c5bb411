import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { findAccount, unlock } from '../../src/domain/accounts/operator-actions.ts'
import { CONTRACTS as CONTRACT_NAMES, type ContractName } from '../../src/model/contract.ts'
import { findForLogin } from '../../src/store/passwords.ts'
import { at, call } from '../support/call.ts'
import { CONTRACT_CLIENTS, type ContractClient, newcomer } from '../support/contracts.ts'
import { expensiveSteps, explain } from '../support/explain.ts'
import { freshName, PASSWORD, type Person, person } from '../support/people.ts'
import { withOperatorContext } from '../support/worker-context.ts'

const CONTRACTS = CONTRACT_NAMES.map((name) => [name, CONTRACT_CLIENTS[name]] as const)

/** A person who moved in, and whose name another account has: they keep it in the contract from which they come. */
const movedIn = async (contract: ContractName, name: string): Promise<Person> => {
  const someone = await person()
  await env.DB.prepare('INSERT INTO contract_names (contract, name, name_key, account_id) VALUES (?, ?, ?, ?)')
    .bind(contract, name, name.normalize('NFKC').toLowerCase(), someone.id)
    .run()
  return someone
}

const nameFor = async (client: ContractClient, username: string): Promise<unknown> => {
  const loggedIn = await client.logIn({ username, password: PASSWORD })
  if (loggedIn.status !== 200) return loggedIn.status
  return at(await client.whoAmI(client.credential(loggedIn)), ...client.nameAt)
}

const namesOf = async ({ id }: Person): Promise<unknown[]> =>
  (await env.DB.prepare('SELECT contract, name FROM contract_names WHERE account_id = ?').bind(id).all()).results

const shownAnywhere = CONTRACTS.filter(([, { nameAt }]) => nameAt.length > 0)

describe('a log-in', () => {
  test.each(CONTRACTS)('of %s finds its own people first, letter by letter, and then those of all contracts', async (name, client) => {
    const stem = freshName('Etan')
    const upper = await movedIn(name, stem.toUpperCase())
    const mixed = await movedIn(name, stem)
    const common = newcomer({ username: `${stem}.2`, password: 'another password 8' })
    expect((await client.register(common)).status).toBe(201)
    await env.DB.prepare('UPDATE accounts SET username = ?1, username_key = ?1 WHERE username = ?2')
      .bind(stem.toLowerCase(), common.username)
      .run()

    const idOf = async (username: string, password = PASSWORD) => {
      const loggedIn = await client.logIn({ username, password })
      if (loggedIn.status !== 200) return null
      return at(await call('GET', '/user/user-details/', { headers: client.credential(loggedIn) }), 'user', 'id')
    }
    expect([await idOf(stem), await idOf(stem.toUpperCase())]).toEqual([mixed.id, upper.id])
    expect([await idOf(stem.toLowerCase()), await idOf(stem.toLowerCase(), common.password)]).toEqual([null, expect.any(Number)])
    // In the namespace only the exact name counts: any other spelling is that of the common name.
    expect(await idOf(`${stem.slice(0, 2).toUpperCase()}${stem.slice(2)}`, common.password)).toEqual(expect.any(Number))
    expect(await idOf(mixed.username)).toBe(mixed.id)
  })

  test('with the name of another contract fails', async () => {
    const stem = freshName('Etan')
    await movedIn('recovery', stem)
    for (const [name, client] of CONTRACTS) {
      const { status } = await client.logIn({ username: stem, password: PASSWORD })
      expect([name, status === 200]).toEqual([name, name === 'recovery'])
    }
  })

  test.each(["o'connor smith", `${'long'.repeat(37)}xy`, 'with/slash', 'शालिनी'])(
    'with the old name %s works in every contract',
    async (name) => {
      const someone = await person()
      const username = `${name.slice(0, 110)}${freshName(' ')}`
      await env.DB.prepare('UPDATE accounts SET username = ?, username_key = ? WHERE id = ?')
        .bind(username, username.normalize('NFKC').toLowerCase(), someone.id)
        .run()
      for (const [, client] of CONTRACTS) expect((await client.logIn({ username, password: PASSWORD })).status).toBe(200)
      for (const [, client] of shownAnywhere) expect(await nameFor(client, username)).toBe(username)
    },
  )

  test('reads each of its two names by an index', async () => {
    const steps = await explain((store) =>
      findForLogin(store, { contract: 'meetups', username: 'Etan', usernameKey: 'etan' }, { network: 'n', counters: ['c'] }),
    )
    expect(expensiveSteps(steps)).toEqual([])
    expect(steps.join('\n')).toMatch(/SEARCH contract_names USING PRIMARY KEY \(contract=\? AND name=\?\)/)
    expect(steps.join('\n')).toMatch(/SEARCH accounts USING INTEGER PRIMARY KEY/)
  })

  test('with a name that is guessed is locked for all who have it, until one of them is unlocked', async () => {
    const stem = freshName('Etan')
    const someone = await movedIn('recovery', stem)
    for (let attempt = 0; attempt < 11; attempt++) await CONTRACT_CLIENTS.recovery.logIn({ username: stem, password: 'wrong 1' })
    expect((await CONTRACT_CLIENTS.recovery.logIn({ username: stem, password: PASSWORD })).status).toBe(429)
    await withOperatorContext(async (context) => {
      const account = await findAccount(context, someone.username)
      expect(account?.contractNames).toEqual({ recovery: stem })
      expect(account && (await unlock(context, account))).toBe(true)
    })
    expect((await CONTRACT_CLIENTS.recovery.logIn({ username: stem, password: PASSWORD })).status).toBe(200)
  })
})

describe('a contract shows the name', () => {
  test.each(shownAnywhere)('%s: the old one to its own people, the common one to others', async (name, client) => {
    const own = freshName('Etan')
    const someone = await movedIn(name, own)
    expect(await nameFor(client, own)).toBe(own)
    for (const [otherName, other] of shownAnywhere) {
      if (otherName !== name) expect(await nameFor(other, someone.username)).toBe(someone.username)
    }
  })

  test('to friends and in searches of meetups', async () => {
    const own = freshName('Sorrel')
    const [someone, reader] = [await movedIn('meetups', own), await person()]
    const path = `/api/users/${someone.objectId}/`
    expect(at(await call('GET', path, { as: reader.token }), 'username')).toBe(own)
  })

  test('only to the person in recovery: staff see the username, which is unique', async () => {
    const own = freshName('Ulfina')
    const someone = await movedIn('recovery', own)
    expect(at(await call('GET', `/api/v1/user/${someone.id}/`, { as: someone.token }), 'username')).toBe(own)
  })
})

describe('a new name', () => {
  test.each(CONTRACTS)('that an account has in a contract cannot be registered through %s', async (_name, client) => {
    const stem = freshName('Etan')
    await movedIn('facility', stem)
    const response = await client.register(newcomer({ username: stem.toUpperCase() }))
    expect([response.status, response.json]).toEqual([400, client.taken('username')])
    expect(await env.DB.prepare('SELECT 1 FROM accounts WHERE username_key = ?').bind(stem.toLowerCase()).first()).toBeNull()
  })

  test('is free again when the account that has it in a contract is gone', async () => {
    const stem = freshName('Etan')
    const someone = await movedIn('facility', stem)
    await env.DB.prepare('DELETE FROM accounts WHERE id = ?').bind(someone.id).run()
    expect((await CONTRACT_CLIENTS.recovery.register(newcomer({ username: stem }))).status).toBe(201)
  })

  test('of a concurrent registration and import goes to one of them', async () => {
    const stem = freshName('Etan')
    const holder = await person()
    const insert = env.DB.prepare(
      `INSERT INTO contract_names (contract, name, name_key, account_id)
       SELECT 'recovery', ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE username_key = ?2)`,
    ).bind(stem, stem.toLowerCase(), holder.id)
    const [registered, inserted] = await Promise.all([CONTRACT_CLIENTS.mindharmony.register(newcomer({ username: stem })), insert.run()])
    expect([registered.status === 201, inserted.meta.changes === 1].sort()).toEqual([false, true])
  })

  test('cannot be taken by renaming, and renaming replaces the names of all contracts', async () => {
    const stem = freshName('Etan')
    const [holder, other] = [await movedIn('meetups', stem), await person()]
    const rename = (who: Person, username: string) => call('PUT', '/users/byId/', { as: who.token, json: { username } })
    expect((await rename(other, stem.toLowerCase())).status).toBe(400)
    const chosen = freshName('chosen')
    expect((await rename(holder, chosen)).status).toBe(200)
    expect(await namesOf(holder)).toEqual([])
    expect(await nameFor(CONTRACT_CLIENTS.meetups, chosen)).toBe(chosen)
    expect((await CONTRACT_CLIENTS.meetups.logIn({ username: stem, password: PASSWORD })).status).not.toBe(200)
  })

  test.each(["O'Connor", 'two words', 'Etan'])('is not the shown one, which clients send back: %s', async (name) => {
    const stem = freshName(name)
    const someone = await movedIn('matrimony', stem)
    const changed = await call('PUT', '/users/byId/', { as: someone.token, json: { username: stem, first_name: 'Changed' } })
    expect([changed.status, at(changed, 'username'), at(changed, 'first_name')]).toEqual([200, stem, 'Changed'])
    expect(await namesOf(someone)).toEqual([{ contract: 'matrimony', name: stem }])
    const [row] = (await env.DB.prepare('SELECT username FROM accounts WHERE id = ?').bind(someone.id).all()).results
    expect(row).toEqual({ username: someone.username })
  })

  test('with characters that are not allowed is rejected, together with the other errors', async () => {
    const someone = await person()
    const rename = (json: object) => call('PUT', '/users/byId/', { as: someone.token, json })
    const text = 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'
    expect((await rename({ username: 'two words' })).json).toEqual({ error: text, username: [text] })
    expect((await rename({ username: 'two words', email: 'none' })).json).toMatchObject({ username: [text], email: [expect.any(String)] })
  })
})
