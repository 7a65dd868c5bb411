import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import setupWasm from 'argon2id/lib/setup.js'

/** The data of the benchmark. Accounts with ids 1 to CALLER_COUNT make the requests; all other accounts are only data. */

export const SECRET = 'the JWT secret of the benchmark only'
export const PASSWORD = 'correct horse 7'
export const CALLER_COUNT = 500
/** Practice sessions and friend records of each caller. */
const ROWS_PER_CALLER = 20

/** The part of D1 that writing the dataset needs. Any other SQLite with this interface can get the same dataset. */
export interface WritableDatabase {
  prepare(text: string): RunnableStatement & { bind(...values: string[]): RunnableStatement }
}

interface RunnableStatement {
  run(): Promise<unknown>
}

interface Person {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly token: string
  readonly refresh: string
}

export interface Dataset {
  /** The accounts that make the requests. */
  readonly people: readonly [Person, ...Person[]]
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0')
const objectIdOf = (id: number): string => hex(id, 24)
/** The id of the n-th public plan. */
export const publicPlanId = (n: number): string => objectIdOf((n + 1) * 10)

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
  const extraClaims = type === 'refresh' ? { user_id: objectIdOf(accountId) } : {}
  return sign({ token_type: type, ...extraClaims, iss: 'concord', sub: String(accountId), jti, iat, exp: iat + (30 * DAY) / 1000 })
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** Inserts 1,000 rows per statement, as one JSON parameter. */
const insertCredentials = async (database: WritableDatabase, rows: readonly object[]): Promise<void> => {
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

/** Creates tokens for requests that consume a token, such as a log-out. They are spread over all callers. */
export const createTokens = async (database: D1Database, count: number): Promise<string[]> => {
  const now = Date.now()
  const rows = Array.from({ length: count }, (_, n) => ({
    id: newId(),
    account: 1 + (n % CALLER_COUNT),
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

/** The statements that insert the dataset, for any kind of SQLite. One of ten plan ids exists, and that plan is public. */
const datasetStatements = (size: number, password: string): string[] => {
  const numbers = (from: number, to: number) => `WITH RECURSIVE n (i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${to})`
  const noon = Date.UTC(2026, 8, 28, 12)
  const prefixedId = (type: string, i: string) => `printf('${type}%023x', ${i})`
  return [
    `INSERT INTO subscription_plans (id, plan_type, start_date, end_date, created_at, updated_at)
       VALUES (900, 'unlimited', '2020-01-01', '2099-01-01', 0, 0)`,
    `${numbers(1, size)} INSERT INTO accounts (id, object_id, username, username_key, email, email_key, password, first_name, last_name,
         subscription_plan_id, created_at, updated_at, last_login_at)
       SELECT i, printf('%024x', i), 'person.' || i, 'person.' || i, 'person.' || i || '@example.com', 'person.' || i || '@example.com',
         CASE WHEN i <= ${CALLER_COUNT} THEN '${password}' ELSE '' END, 'Ann', 'Smith', 900, 1.7e12 + i, 1.7e12 + i, 1.7e12 + i FROM n`,
    `${numbers(1, 10 * size)} INSERT INTO plans (id, creator_id, title, location, start_time, end_time, visibility, created_at, updated_at)
       SELECT printf('%024x', i), 1 + i % ${size}, 'Game Night ' || i, '{"address1":"1 main st","city":"Boston","state":"MA","zipcode":"02134"}',
         ${noon} + (i * 7919 % 720) * ${HOUR}, ${noon} + 1000 * ${HOUR}, 'public', i, i FROM n WHERE i % 10 = 0`,
    `${numbers(0, ROWS_PER_CALLER * CALLER_COUNT - 1)} INSERT INTO practice_sessions (account_id, name, date, duration, created_at)
       SELECT 1 + i % ${CALLER_COUNT}, 'Morning run', date('2026-01-01', '+' || (i / ${CALLER_COUNT}) || ' days'), 10 + i % 30, i FROM n`,
    `${numbers(0, ROWS_PER_CALLER * CALLER_COUNT - 1)} INSERT INTO friend_records (id, sender_id, receiver_id, status, created_at, updated_at)
       SELECT ${prefixedId('f', 'i')}, CASE i % 2 WHEN 0 THEN a ELSE b END, CASE i % 2 WHEN 0 THEN b ELSE a END,
         CASE i % 4 WHEN 3 THEN 'pending' ELSE 'accepted' END, i, i
       FROM (SELECT i, 1 + i % ${CALLER_COUNT} AS a, ${CALLER_COUNT} + 1 + i % ${ROWS_PER_CALLER} * 23 + (i / ${CALLER_COUNT}) AS b FROM n) WHERE 1 ON CONFLICT DO NOTHING`,
    'ANALYZE',
  ]
}

/** Inserts `size` accounts and plans, and logs in all callers. */
export const createDataset = async (database: WritableDatabase, size: number): Promise<Dataset> => {
  const password = await hashOf(PASSWORD)
  for (const statement of datasetStatements(size, password)) await database.prepare(statement).run()
  const now = Date.now()
  const people = Array.from({ length: CALLER_COUNT }, (_, n) => ({ id: n + 1, token: newId(), refresh: newId() }))
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
  if (!first) throw new Error('the dataset has no callers')
  return { people: [first, ...others] }
}
