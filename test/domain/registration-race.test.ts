import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { Heard } from '../support/call.ts'
import { CONTRACTS, DOORS, newcomer } from '../support/contracts.ts'
import { freshName } from '../support/people.ts'

/** Twenty who want the same thing at once: one has it, nineteen are told so, nobody sees a 500. */

const TWENTY = Array.from({ length: 20 }, (_, index) => index)

const expectOneWinner = (heard: readonly Heard[], refusal: unknown): void => {
  expect(heard.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 19 }, () => 400)])
  for (const { json } of heard.filter(({ status }) => status !== 201)) expect(json).toEqual(refusal)
}

const count = async (column: 'username_key' | 'email_key' | 'phone_number', value: string): Promise<number> =>
  Number(await env.DB.prepare(`SELECT COUNT(*) AS n FROM accounts WHERE ${column} = ?`).bind(value).first('n'))

describe.each(CONTRACTS)('%s', (_name, door) => {
  test('one name, in several spellings of case, under different e-mail addresses', async () => {
    const username = freshName('wanted')
    const spelt = (index: number) => (index % 2 === 0 ? username : username.toUpperCase())
    const heard = await Promise.all(
      TWENTY.map((index) => door.register(newcomer({ username: spelt(index), email: `${index}.${username}@example.com` }))),
    )
    expectOneWinner(heard, door.taken('username'))
    expect(await count('username_key', username)).toBe(1)
  })

  test('one e-mail address under different names', async () => {
    const email = `${freshName('wanted')}@example.com`
    const spelt = (index: number) => (index % 2 === 0 ? email : email.toUpperCase())
    const heard = await Promise.all(TWENTY.map((index) => door.register(newcomer({ email: spelt(index) }))))
    expectOneWinner(heard, door.taken('email'))
    expect(await count('email_key', email)).toBe(1)
  })

  test('whoever lost holds nothing: no account, no profile, no credential', async () => {
    const username = freshName('wanted')
    await Promise.all(TWENTY.map((index) => door.register(newcomer({ username, email: `${index}.${username}@example.com` }))))
    const orphans = await env.DB.prepare(
      `SELECT (SELECT COUNT(*) FROM credentials WHERE account_id NOT IN (SELECT id FROM accounts))
            + (SELECT COUNT(*) FROM facility_profiles WHERE account_id NOT IN (SELECT id FROM accounts))
            + (SELECT COUNT(*) FROM meetup_profiles WHERE account_id NOT IN (SELECT id FROM accounts)) AS n`,
    ).first('n')
    expect(orphans).toBe(0)
    const held = await env.DB.prepare(
      'SELECT COUNT(*) AS n FROM credentials WHERE account_id = (SELECT id FROM accounts WHERE username_key = ?)',
    )
      .bind(username)
      .first('n')
    expect(Number(held)).toBeLessThanOrEqual(1)
  })
})

test('one phone number under different names', async () => {
  const phone = '+919023459789'
  const heard = await Promise.all(TWENTY.map(() => DOORS.matrimony.register(newcomer({ phone }))))
  expectOneWinner(heard, { error: 'Phone number already exists.', phone_number: ['A user with this phone number already exists.'] })
  expect(await count('phone_number', phone)).toBe(1)
})

test('one name by all five doors at once', async () => {
  const username = freshName('wanted')
  const attempts = TWENTY.map((index) => ({ door: CONTRACTS[index % CONTRACTS.length]?.[1] ?? DOORS.mindharmony, index }))
  const heard = await Promise.all(
    attempts.map(({ door, index }) => door.register(newcomer({ username, email: `${index}.${username}@example.com` }))),
  )
  expect(heard.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const [at, { door }] of attempts.entries()) {
    if (heard[at]?.status !== 201) expect([heard[at]?.status, heard[at]?.json]).toEqual([400, door.taken('username')])
  }
  expect(await count('username_key', username)).toBe(1)
})

test('twenty without an e-mail address stand in nobody’s way', async () => {
  const heard = await Promise.all(TWENTY.map(() => DOORS.mindharmony.register(newcomer({ email: '' }))))
  expect(heard.map(({ status }) => status)).toEqual(TWENTY.map(() => 201))
})
