import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import setupWasm from 'argon2id/lib/setup.js'

/** The people and things that are asked about. Ids up to PEOPLE belong to those who ask; the crowd is around them. */

export const SECRET = 'the secret of a benchmark, and of nobody else'
export const PASSWORD = 'correct horse 7'
export const PEOPLE = 500
/** Sessions, friends and requests that everybody has whose lists are asked for. */
const OWN = 20

/** As much of D1 as it takes to fill it: another SQLite that has this can be filled with the same town. */
export interface Fillable {
  prepare(text: string): Filling & { bind(...values: string[]): Filling }
}

interface Filling {
  run(): Promise<unknown>
}

interface Person {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly token: string
  readonly refresh: string
}

export interface Town {
  readonly people: readonly [Person, ...Person[]]
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
const objectIdOf = (id: number): string => hex(id, 24)
/** The n-th plan that everybody may answer. */
export const publicPlan = (n: number): string => objectIdOf((n + 1) * 10)

const base64Url = (text: string): string => Buffer.from(text).toString('base64url')
const HEADER = base64Url('{"alg":"HS256","typ":"JWT"}')

const sign = (claims: object): string => {
  const signed = `${HEADER}.${base64Url(JSON.stringify(claims))}`
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

const tokenOf = (type: 'token' | 'refresh', accountId: number, jti: string, now: number): string => {
  const iat = Math.floor(now / 1000)
  const own = type === 'refresh' ? { user_id: objectIdOf(accountId) } : {}
  return sign({ token_type: type, ...own, iss: 'concord', sub: String(accountId), jti, iat, exp: iat + (30 * DAY) / 1000 })
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** Rows by the thousand go in as one JSON parameter a statement. */
const insertCredentials = async (database: Fillable, rows: readonly object[]): Promise<void> => {
  for (let from = 0; from < rows.length; from += 1000) {
    await database
      .prepare(
        `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day)
         SELECT value ->> 'id', value ->> 'account', value ->> 'kind', value ->> 'now', value ->> 'until', value ->> 'day' FROM json_each(?)`,
      )
      .bind(JSON.stringify(rows.slice(from, from + 1000)))
      .run()
  }
}

const newId = (): string => randomUUID().replaceAll('-', '')

/** Tokens that are used up, as a log-out does: as many as are asked for, spread over everybody. */
export const mintTokens = async (database: D1Database, count: number): Promise<string[]> => {
  const now = Date.now()
  const rows = Array.from({ length: count }, (_, n) => ({
    id: newId(),
    account: 1 + (n % PEOPLE),
    kind: 'token',
    now,
    until: now + 30 * DAY,
    day: dayOf(now),
  }))
  await insertCredentials(database, rows)
  return rows.map(({ id, account }) => tokenOf('token', account, id, now))
}

const hashOf = async (password: string): Promise<string> => {
  const wasm = await WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve('argon2id/dist/simd.wasm')))
  const instantiate = async (imports: WebAssembly.Imports) => ({ module: wasm, instance: await WebAssembly.instantiate(wasm, imports) })
  const compute = await setupWasm(instantiate, instantiate)
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const hash = compute({ password: Buffer.from(password), salt, memorySize: 19_456, passes: 2, parallelism: 1, tagLength: 32 })
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=19456,t=2,p=1$${base64(salt)}$${base64(hash)}`
}

/** What fills the tables of a town, whatever kind of SQLite they are in. One plan of ten is everybody's. */
export const townStatements = (size: number, password: string): string[] => {
  const numbers = (from: number, to: number) => `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`
  const noon = Date.UTC(2026, 8, 28, 12)
  const of = (type: string, i: string) => `printf('${type}%023x', ${i})`
  return [
    `INSERT INTO subscription_plans (id, plan_type, start_date, end_date, created_at, updated_at)
       VALUES (900, 'unlimited', '2020-01-01', '2099-01-01', 0, 0)`,
    `${numbers(1, size)} INSERT INTO accounts (id, object_id, username, username_key, email, email_key, password, first_name, last_name,
         subscription_plan_id, created_at, updated_at, last_login_at)
       SELECT i, printf('%024x', i), 'person.' || i, 'person.' || i, 'person.' || i || '@example.com', 'person.' || i || '@example.com',
         CASE WHEN i <= ${PEOPLE} THEN '${password}' ELSE '' END, 'Ann', 'Smith', 900, 1.7e12 + i, 1.7e12 + i, 1.7e12 + i FROM n`,
    `${numbers(1, 10 * size)} INSERT INTO plans (id, creator_id, title, location, start_time, end_time, visibility, created_at, updated_at)
       SELECT printf('%024x', i), 1 + i % ${size}, 'Game Night ' || i, '{"address1":"1 main st","city":"Boston","state":"MA","zipcode":"02134"}',
         ${noon} + (i * 7919 % 720) * ${HOUR}, ${noon} + 1000 * ${HOUR}, 'public', i, i FROM n WHERE i % 10 = 0`,
    `${numbers(0, OWN * PEOPLE - 1)} INSERT INTO practice_sessions (account_id, name, date, duration, created_at)
       SELECT 1 + i % ${PEOPLE}, 'Morning sit', date('2026-01-01', '+' || (i / ${PEOPLE}) || ' days'), 10 + i % 30, i FROM n`,
    `${numbers(0, OWN * PEOPLE - 1)} INSERT INTO friend_records (id, sender_id, receiver_id, status, created_at, updated_at)
       SELECT ${of('f', 'i')}, CASE i % 2 WHEN 0 THEN a ELSE b END, CASE i % 2 WHEN 0 THEN b ELSE a END,
         CASE i % 4 WHEN 3 THEN 'pending' ELSE 'accepted' END, i, i
       FROM (SELECT i, 1 + i % ${PEOPLE} AS a, ${PEOPLE} + 1 + i % ${OWN} * 23 + (i / ${PEOPLE}) AS b FROM n) WHERE 1 ON CONFLICT DO NOTHING`,
    'ANALYZE',
  ]
}

/** A town of so many people and plans, with everybody who asks logged in. */
export const settle = async (database: Fillable, size: number): Promise<Town> => {
  const password = await hashOf(PASSWORD)
  for (const statement of townStatements(size, password)) await database.prepare(statement).run()
  const now = Date.now()
  const people = Array.from({ length: PEOPLE }, (_, n) => ({ id: n + 1, token: newId(), refresh: newId() }))
  const rows = people.flatMap(({ id, token, refresh }) => [
    { id: token, account: id, kind: 'token', now, until: now + 30 * DAY, day: dayOf(now) },
    { id: refresh, account: id, kind: 'pair', now, until: now + 30 * DAY, day: dayOf(now) },
  ])
  await insertCredentials(database, rows)
  const [first, ...others] = people.map(({ id, token, refresh }) => ({
    id,
    objectId: objectIdOf(id),
    username: `person.${id}`,
    token: tokenOf('token', id, token, now),
    refresh: tokenOf('refresh', id, refresh, now),
  }))
  if (!first) throw new Error('a town has people')
  return { people: [first, ...others] }
}
