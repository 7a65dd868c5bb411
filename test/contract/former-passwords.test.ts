import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { CONTRACTS as NAMES } from '../../src/model/contract.ts'
import { CONTRACT_CLIENTS } from '../support/contracts.ts'
import { DJANGO_HASHES, NO_DJANGO_HASHES } from '../support/django-hashes.ts'
import { type Person, person } from '../support/people.ts'

const CONTRACTS = NAMES.map((name) => [name, CONTRACT_CLIENTS[name]] as const)

const FORMER = DJANGO_HASHES['pbkdf2_sha256 of Django 1.4']

const personWithHash = async (stored: string): Promise<Person> => {
  const someone = await person()
  await env.DB.prepare('UPDATE accounts SET password = ? WHERE id = ?').bind(stored, someone.id).run()
  return someone
}

const hashOf = ({ id }: Person) => env.DB.prepare('SELECT password FROM accounts WHERE id = ?').bind(id).first<string>('password')

/** Their original servers trimmed a password before they checked it. */
const TRIMS: Readonly<Record<string, boolean>> = { facility: true, meetups: true }

describe('a password of a former server', () => {
  test.each(CONTRACTS)('logs in through %s, and has a hash of ours from then on', async (_name, client) => {
    const { username, ...someone } = await personWithHash(FORMER.stored)
    expect((await client.logIn({ username, password: `${FORMER.password}!` })).status).not.toBe(200)
    expect(await hashOf({ username, ...someone })).toBe(FORMER.stored)
    expect((await client.logIn({ username, password: FORMER.password })).status).toBe(200)
    expect(await hashOf({ username, ...someone })).toMatch(/^\$argon2id\$/)
    for (const [, each] of CONTRACTS) expect((await each.logIn({ username, password: FORMER.password })).status).toBe(200)
  })

  test.each(CONTRACTS)('with spaces around it: %s trims it as its original did', async (name, client) => {
    const someone = await personWithHash(FORMER.stored)
    const { status } = await client.logIn({ username: someone.username, password: ` ${FORMER.password} ` })
    expect(status === 200).toBe(TRIMS[name] ?? false)
    expect((await client.logIn({ username: someone.username, password: FORMER.password })).status).toBe(200)
  })

  test('that ends in a space is not trimmed', async () => {
    const { password, cheap } = DJANGO_HASHES['a password that ends in a space']
    const { username } = await personWithHash(cheap)
    expect((await CONTRACT_CLIENTS.recovery.logIn({ username, password: password.trim() })).status).not.toBe(200)
    for (let time = 0; time < 2; time++) expect((await CONTRACT_CLIENTS.recovery.logIn({ username, password })).status).toBe(200)
  })

  test('and a concurrent wrong one: the wrong one fails, and one hash of ours is stored', async () => {
    const { username, ...someone } = await personWithHash(FORMER.stored)
    const attempts = [FORMER.password, 'another one 1', FORMER.password]
    const responses = await Promise.all(attempts.map((password) => CONTRACT_CLIENTS.mindharmony.logIn({ username, password })))
    expect(responses.map(({ status }) => status === 200)).toEqual([true, false, true])
    expect(await hashOf({ username, ...someone })).toMatch(/^\$argon2id\$/)
  })
})

describe('what is no hash that Django verifies', () => {
  test.each(Object.entries(NO_DJANGO_HASHES))('%s: log-ins fail, and the hash stays', async (_name, { password, stored }) => {
    const { username, ...someone } = await personWithHash(stored)
    for (const typed of [password, stored, '!']) {
      for (const [, client] of CONTRACTS.slice(0, 2)) expect((await client.logIn({ username, password: typed })).status).not.toBe(200)
    }
    expect(await hashOf({ username, ...someone })).toBe(stored)
  })
})
