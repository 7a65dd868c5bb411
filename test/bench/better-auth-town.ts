import { createHmac, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { hashPassword } from 'better-auth/crypto'
import { getMigrations } from 'better-auth/db/migration'
import type { Ask } from './load.ts'
import { ORIGIN, optionsOf } from './sides/better-auth-options.ts'
import { PASSWORD, PEOPLE, SECRET } from './town.ts'

/** The same town for better-auth: as many users, and the same number of them logged in. */

interface Member {
  readonly email: string
  readonly cookie: string
}

const DAY = 24 * 3_600_000

/** Its tables and indexes as its own migration makes them, written for an empty SQLite. */
const schema = async (): Promise<string[]> => {
  const empty = new DatabaseSync(':memory:')
  const { compileMigrations } = await getMigrations(optionsOf(empty, SECRET))
  const text = await compileMigrations()
  empty.close()
  return text.split(/;\s*/).filter((statement) => statement !== '')
}

/** Its dates are ISO 8601 in text columns. */
const users = (size: number, password: string, now: string): string[] => {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${size})`
  return [
    `${numbers} INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt)
       SELECT printf('%032d', i), 'Ann Smith', 'person.' || i || '@example.com', 1, '${now}', '${now}' FROM n`,
    `${numbers} INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt)
       SELECT printf('%032d', i), printf('%032d', i), 'credential', printf('%032d', i),
         CASE WHEN i <= ${PEOPLE} THEN '${password}' ELSE '' END, '${now}', '${now}' FROM n`,
    'ANALYZE',
  ]
}

/** A session's token, signed as its cookies are. */
const cookieOf = (token: string): string => {
  const signature = createHmac('sha256', SECRET).update(token).digest('base64')
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`
}

/** Sessions that nobody logged in for, spread over everybody who asks: for what uses them up, as a sign-out does. */
export const mintSessions = async (database: D1Database, count: number): Promise<string[]> => {
  const now = Date.now()
  const tokens = Array.from({ length: count }, () => randomBytes(24).toString('base64url'))
  for (let from = 0; from < count; from += 1000) {
    await database
      .prepare(
        `INSERT INTO session (id, token, userId, expiresAt, createdAt, updatedAt, ipAddress, userAgent)
         SELECT lower(hex(randomblob(16))), value, printf('%032d', 1 + (key + ?1) % ${PEOPLE}), ?2, ?3, ?3, '', '' FROM json_each(?4)`,
      )
      .bind(from, new Date(now + 7 * DAY).toISOString(), new Date(now).toISOString(), JSON.stringify(tokens.slice(from, from + 1000)))
      .run()
  }
  return tokens.map(cookieOf)
}

/** So many users, of whom those who ask have a password and a session. */
export const settleBetterAuth = async (database: D1Database, size: number): Promise<Member[]> => {
  const now = new Date().toISOString()
  const statements = [...(await schema()), ...users(size, await hashPassword(PASSWORD), now)]
  for (const statement of statements) await database.prepare(statement).run()
  const cookies = await mintSessions(database, PEOPLE)
  return cookies.map((cookie, n) => ({ email: `person.${n + 1}@example.com`, cookie }))
}

// What is asked, each of which is answered with 200.

export const readSession = ({ cookie }: Member): Ask => ({ method: 'GET', path: '/api/auth/get-session', headers: { Cookie: cookie } })

export const signIn = ({ email }: Member): Ask => ({ method: 'POST', path: '/api/auth/sign-in/email', json: { email, password: PASSWORD } })

export const signUp = (n: number): Ask => ({
  method: 'POST',
  path: '/api/auth/sign-up/email',
  json: { name: 'Ann Smith', email: `newcomer.${n}@example.com`, password: PASSWORD },
})

/** What writes and bears a cookie must say where it comes from. */
export const signOut = (cookie: string): Ask => ({
  method: 'POST',
  path: '/api/auth/sign-out',
  headers: { Cookie: cookie, Origin: ORIGIN },
  json: {},
})

/**
 * Whether an answer to the first three is right. The status alone does not tell: without a session, reading it is
 * answered with 200 and `null`.
 */
export const isSomebody = ({ status, text }: { readonly status: number; readonly text: string }): boolean =>
  status === 200 && text.includes('"user":{')
