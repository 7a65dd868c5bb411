import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { JWT_SECRET_MIN } from '../../../env.ts'
import type { ContractName } from '../../../model/contract.ts'
import { isoDay, MINUTE } from '../../../model/time.ts'
import { idOfKey, idOfPairs } from '../rows/credentials.ts'
import { query, type Target, textOf } from '../target/target.ts'
import { LOG_INS } from './collect.ts'
import type { Facts, Person } from './facts.ts'

/** The log-ins with which `verify` sends its requests as a person. None of them is printed or reported. */

export type Headers = Readonly<Record<string, string>>

const LIFETIME_MS = 5 * MINUTE

const signed = (token: SignJWT, secret: string): Promise<string> =>
  token
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(new Date(Date.now() + LIFETIME_MS))
    .sign(new TextEncoder().encode(secret))

/** Signs an access token as the former server of meetups did, which stored none. */
const signFormer = (person: Person, secret: string): Promise<string> =>
  signed(new SignJWT({ token_type: 'access', user_id: person.key, jti: randomBytes(16).toString('hex') }), secret)

/** The key of the former server of meetups; null if it is too short for the setting FORMER_JWT_SECRET. */
export const formerJwtSecret = (contract: ContractName, [secret]: readonly string[]): string | null =>
  contract === 'meetups' && secret !== undefined && secret.length >= JWT_SECRET_MIN ? secret : null

interface FormerLogIn {
  /** The id of the row in `credentials`. */
  readonly id: string
  readonly headers: Headers
}

/** The log-ins that clients of the former server have stored, in the headers with which they send them. */
const formerLogInsOf = async (
  contract: ContractName,
  person: Person,
  facts: Facts,
  secret: string | null,
): Promise<readonly FormerLogIn[]> => {
  if (secret !== null) return [{ id: idOfPairs(person.key), headers: { Authorization: `Bearer ${await signFormer(person, secret)}` } }]
  return facts.of(person, LOG_INS).map(({ id: key }) => ({
    id: idOfKey(key),
    headers: contract === 'facility' ? { Cookie: `sessionid=${key}` } : { Authorization: `Token ${key}` },
  }))
}

/** Those of the imported log-ins that have expired since. */
const expiredAmong = async (target: Target, ids: readonly string[]): Promise<ReadonlySet<string>> => {
  const rows = await query(
    target,
    'SELECT id FROM credentials WHERE expires_at <= ? AND id IN (SELECT value FROM json_each(?))',
    Date.now(),
    JSON.stringify(ids),
  )
  return new Set(rows.map((row) => textOf(row, 'id')))
}

interface FormerLogInsOptions {
  readonly contract: ContractName
  readonly facts: Facts
  readonly target: Target
  readonly secretKeys: readonly string[]
}

/** The log-ins of each of these people that the former server would accept, and that have not expired here. */
export const formerLogInsFor = async (
  people: readonly Person[],
  { contract, facts, target, secretKeys }: FormerLogInsOptions,
): Promise<(readonly [Person, readonly Headers[]])[]> => {
  const secret = formerJwtSecret(contract, secretKeys)
  const found = await Promise.all(people.map(async (person) => [person, await formerLogInsOf(contract, person, facts, secret)] as const))
  const expired = await expiredAmong(
    target,
    found.flatMap(([, logIns]) => logIns.map(({ id }) => id)),
  )
  return found.map(([person, logIns]) => [person, logIns.filter(({ id }) => !expired.has(id)).map(({ headers }) => headers)])
}

/** For people without a log-in of the former server. */
export interface TemporaryLogIns {
  open(people: readonly Person[]): Promise<ReadonlyMap<string, Headers>>
  close(): Promise<void>
}

export const NO_TEMPORARY_LOG_INS: TemporaryLogIns = { open: async () => new Map(), close: async () => undefined }

const USER_AGENT = 'npm run move -- verify'

/** The end of the row is in the past, so no list of log-ins contains it. When the log-in ends is stated in the token. */
const NEVER_LISTED = 0

/**
 * Log-ins of Concord, on the local database only: `secret` signs them, which is known to no other Worker than the one that
 * this command has started. They end after five minutes, also if the command is killed. The rows that it leaves then open nothing:
 * the next `verify` deletes them, or the daily cron as it does with all that have expired.
 */
export const temporaryLogIns = (target: Target, secret: string, issuer: string): TemporaryLogIns => {
  const close = async (): Promise<void> =>
    void (await query(target, 'DELETE FROM credentials WHERE expires_at = ? AND user_agent = ?', NEVER_LISTED, USER_AGENT))
  return {
    open: async (people) => {
      await close()
      if (people.length === 0) return new Map()
      const now = Date.now()
      const opened = people.map((person) => ({ person, id: randomBytes(16).toString('hex') }))
      await query(
        target,
        `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day, user_agent)
         SELECT item.value->>'$[0]', accounts.id, 'token', ?, ?, ?, ?
         FROM json_each(?) AS item CROSS JOIN accounts ON accounts.id = item.value->>'$[1]'`,
        now,
        NEVER_LISTED,
        isoDay(now),
        USER_AGENT,
        JSON.stringify(opened.map(({ person, id }) => [id, person.id])),
      )
      const entries = opened.map(async ({ person, id }) => {
        const token = new SignJWT({ token_type: 'token' }).setIssuer(issuer).setSubject(`${person.id}`).setJti(id)
        return [person.key, { Authorization: `Token ${await signed(token, secret)}` }] as const
      })
      return new Map(await Promise.all(entries))
    },
    close,
  }
}
