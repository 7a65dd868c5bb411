import { createHmac, randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { hashPassword } from 'better-auth/crypto'
import { getMigrations } from 'better-auth/db/migration'
import { CALLER_COUNT, PASSWORD, SECRET } from './dataset.ts'
import type { RequestSpec } from './load.ts'
import { ORIGIN, optionsOf } from './servers/better-auth-options.ts'

/** The dataset for better-auth: as many users as ours, and the same number of them logged in. */

interface Member {
  readonly email: string
  readonly cookie: string
}

const DAY = 24 * 3_600_000

/** The tables and indexes from better-auth's own migration for an empty SQLite database. */
const schemaStatements = async (): Promise<string[]> => {
  const emptyDatabase = new DatabaseSync(':memory:')
  const { compileMigrations } = await getMigrations(optionsOf(emptyDatabase, SECRET))
  const text = await compileMigrations()
  emptyDatabase.close()
  return text.split(/;\s*/).filter((statement) => statement !== '')
}

/** better-auth stores dates as ISO 8601 text. */
const userStatements = (size: number, password: string, now: string): string[] => {
  const numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${size})`
  return [
    `${numbers} INSERT INTO user (id, name, email, emailVerified, createdAt, updatedAt)
       SELECT printf('%032d', i), 'Ann Smith', 'person.' || i || '@example.com', 1, '${now}', '${now}' FROM n`,
    `${numbers} INSERT INTO account (id, accountId, providerId, userId, password, createdAt, updatedAt)
       SELECT printf('%032d', i), printf('%032d', i), 'credential', printf('%032d', i),
         CASE WHEN i <= ${CALLER_COUNT} THEN '${password}' ELSE '' END, '${now}', '${now}' FROM n`,
    'ANALYZE',
  ]
}

/** The session cookie for a token, signed like better-auth signs it. */
const cookieOf = (token: string): string => {
  const signature = createHmac('sha256', SECRET).update(token).digest('base64')
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`
}

/** Inserts sessions without a sign-in, spread over all callers, for requests that consume a session, such as a sign-out. */
export const createSessions = async (database: D1Database, count: number): Promise<string[]> => {
  const now = Date.now()
  const tokens = Array.from({ length: count }, () => randomBytes(24).toString('base64url'))
  for (let from = 0; from < count; from += 1000) {
    await database
      .prepare(
        `INSERT INTO session (id, token, userId, expiresAt, createdAt, updatedAt, ipAddress, userAgent)
         SELECT lower(hex(randomblob(16))), value, printf('%032d', 1 + (key + ?1) % ${CALLER_COUNT}), ?2, ?3, ?3, '', '' FROM json_each(?4)`,
      )
      .bind(from, new Date(now + 7 * DAY).toISOString(), new Date(now).toISOString(), JSON.stringify(tokens.slice(from, from + 1000)))
      .run()
  }
  return tokens.map(cookieOf)
}

/** Inserts `size` users. The callers among them have a password and a session. */
export const createBetterAuthDataset = async (database: D1Database, size: number): Promise<Member[]> => {
  const now = new Date().toISOString()
  const statements = [...(await schemaStatements()), ...userStatements(size, await hashPassword(PASSWORD), now)]
  for (const statement of statements) await database.prepare(statement).run()
  const cookies = await createSessions(database, CALLER_COUNT)
  return cookies.map((cookie, n) => ({ email: `person.${n + 1}@example.com`, cookie }))
}

// The requests. Each of them gets a 200.

export const readSession = ({ cookie }: Member): RequestSpec => ({
  method: 'GET',
  path: '/api/auth/get-session',
  headers: { Cookie: cookie },
})

export const signIn = ({ email }: Member): RequestSpec => ({
  method: 'POST',
  path: '/api/auth/sign-in/email',
  json: { email, password: PASSWORD },
})

export const signUp = (n: number): RequestSpec => ({
  method: 'POST',
  path: '/api/auth/sign-up/email',
  json: { name: 'Ann Smith', email: `new-user.${n}@example.com`, password: PASSWORD },
})

/** better-auth requires an `Origin` header on writes with a cookie. */
export const signOut = (cookie: string): RequestSpec => ({
  method: 'POST',
  path: '/api/auth/sign-out',
  headers: { Cookie: cookie, Origin: ORIGIN },
  json: {},
})

/**
 * Whether a response to one of the first three requests contains a user. The status alone is not enough: reading a session
 * that does not exist gets a 200 with `null`.
 */
export const containsUser = ({ status, text }: { readonly status: number; readonly text: string }): boolean =>
  status === 200 && text.includes('"user":{')
