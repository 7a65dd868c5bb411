import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { TestResponse } from '../../support/call.ts'
import { CONTRACT_CLIENTS, CONTRACTS, newcomer } from '../../support/contracts.ts'
import { freshName } from '../../support/people.ts'

/** Twenty concurrent registrations with the same unique value: one succeeds, nineteen get a 400, none gets a 500. */

const TWENTY = Array.from({ length: 20 }, (_, index) => index)

const expectOneWinner = (responses: readonly TestResponse[], errorBody: unknown): void => {
  expect(responses.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 400)])
  for (const { json } of responses.filter(({ status }) => status !== 201)) expect(json).toEqual(errorBody)
}

const count = async (column: 'username_key' | 'email_key' | 'phone_number', value: string): Promise<number> =>
  Number(await env.DB.prepare(`SELECT COUNT(*) AS n FROM accounts WHERE ${column} = ?`).bind(value).first('n'))

describe.each(CONTRACTS)('%s', (_name, contract) => {
  test('one username, in upper and lower case, with different e-mail addresses', async () => {
    const username = freshName('race')
    const spelling = (index: number) => (index % 2 === 0 ? username : username.toUpperCase())
    const responses = await Promise.all(
      TWENTY.map((index) => contract.register(newcomer({ username: spelling(index), email: `${index}.${username}@example.com` }))),
    )
    expectOneWinner(responses, contract.taken('username'))
    expect(await count('username_key', username)).toBe(1)
  })

  test('one e-mail address with different usernames', async () => {
    const email = `${freshName('race')}@example.com`
    const spelling = (index: number) => (index % 2 === 0 ? email : email.toUpperCase())
    const responses = await Promise.all(TWENTY.map((index) => contract.register(newcomer({ email: spelling(index) }))))
    expectOneWinner(responses, contract.taken('email'))
    expect(await count('email_key', email)).toBe(1)
  })

  test('a registration that lost leaves no account, no profile and no credential', async () => {
    const username = freshName('race')
    await Promise.all(TWENTY.map((index) => contract.register(newcomer({ username, email: `${index}.${username}@example.com` }))))
    const orphans = await env.DB.prepare(
      `SELECT (SELECT COUNT(*) FROM credentials WHERE account_id NOT IN (SELECT id FROM accounts))
            + (SELECT COUNT(*) FROM facility_profiles WHERE account_id NOT IN (SELECT id FROM accounts))
            + (SELECT COUNT(*) FROM meetup_profiles WHERE account_id NOT IN (SELECT id FROM accounts)) AS n`,
    ).first('n')
    expect(orphans).toBe(0)
    const credentials = await env.DB.prepare(
      'SELECT COUNT(*) AS n FROM credentials WHERE account_id = (SELECT id FROM accounts WHERE username_key = ?)',
    )
      .bind(username)
      .first('n')
    expect(Number(credentials)).toBeLessThanOrEqual(1)
  })
})

test('one phone number with different usernames', async () => {
  const phone = '+919023459789'
  const responses = await Promise.all(TWENTY.map(() => CONTRACT_CLIENTS.matrimony.register(newcomer({ phone }))))
  expectOneWinner(responses, { error: 'Phone number already exists.', phone_number: ['A user with this phone number already exists.'] })
  expect(await count('phone_number', phone)).toBe(1)
})

test('one username through all five contracts at once', async () => {
  const username = freshName('race')
  const attempts = TWENTY.map((index) => ({ contract: CONTRACTS[index % CONTRACTS.length]?.[1] ?? CONTRACT_CLIENTS.mindharmony, index }))
  const responses = await Promise.all(
    attempts.map(({ contract, index }) => contract.register(newcomer({ username, email: `${index}.${username}@example.com` }))),
  )
  expect(responses.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const [index, { contract }] of attempts.entries()) {
    const response = responses[index]
    if (response?.status !== 201) expect([response?.status, response?.json]).toEqual([400, contract.taken('username')])
  }
  expect(await count('username_key', username)).toBe(1)
})

test('twenty registrations without an e-mail address all succeed', async () => {
  const responses = await Promise.all(TWENTY.map(() => CONTRACT_CLIENTS.mindharmony.register(newcomer({ email: '' }))))
  expect(responses.map(({ status }) => status)).toEqual(TWENTY.map(() => 201))
})
