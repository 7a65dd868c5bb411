import type { Random } from '../platform/random.ts'
import { CLIENT_REGIONS, type Region } from './distances.ts'
import type { ReplicatedDatabase } from './replicated-database.ts'

/** Who lives in a world, and what the single copy of its database shows them. */

export interface Person {
  readonly id: number
  readonly home: Region
  readonly credentials: string[]
}

const FRIENDS = 6
export const DAY = '2030-01-01'
/** No list that is checked is longer than its first page. */
const PAGE = 100

export const objectIdOf = (id: number): string => String(id).padStart(24, '0')

/** The newest credential is the last one. */
let credentials = 0
export const newCredentialId = (): string => String(++credentials).padStart(32, '0')

export const createPeople = (database: ReplicatedDatabase, random: Random, count: number): Person[] => {
  database.fill(
    `INSERT INTO subscription_plans (id, plan_type, start_date, end_date, created_at, updated_at) VALUES (1, 'platinum', '', '9999', 0, 0)`,
  )
  const people = Array.from({ length: count }, (_, index) => register(database, random, index + 1))
  for (const { id } of people) {
    for (let step = 1; step <= FRIENDS; step++) {
      const friend = ((id + step - 1) % count) + 1
      if (friend === id) continue
      database.fill(
        `INSERT INTO friend_records (id, sender_id, receiver_id, status, created_at, updated_at) VALUES (?, ?, ?, 'accepted', 0, 0)
         ON CONFLICT DO NOTHING`,
        objectIdOf(id * 1000 + friend),
        id,
        friend,
      )
    }
  }
  return people
}

const register = (database: ReplicatedDatabase, random: Random, id: number): Person => {
  database.fill(
    `INSERT INTO accounts (id, object_id, username, username_key, password, subscription_plan_id, created_at, updated_at) VALUES (?1, ?2, ?3, ?3, '', 1, 0, 0)`,
    id,
    objectIdOf(id),
    `person${id}`,
  )
  const own = [newCredentialId(), newCredentialId()]
  for (const credential of own) database.fill(INSERT_CREDENTIAL, credential, id, DAY)
  return { id, home: random.pick(CLIENT_REGIONS), credentials: own }
}

export const INSERT_CREDENTIAL = `INSERT INTO credentials (id, account_id, kind, created_at, expires_at, last_seen_day) VALUES (?, ?, 'token', 0, 9e15, ?)`

/** A list that a route shows, by its path, and the query that gives the same ids from a database. */
export const LISTS = {
  messages: {
    path: `/message/unreadmessages/?limit=${PAGE}`,
    sql: `SELECT id FROM direct_messages WHERE receiver_id = ? AND is_read = 0 ORDER BY id DESC LIMIT ${PAGE}`,
    shown: (body: unknown): string => idsIn(body, 'message_id').join(),
  },
  friends: {
    path: `/api/friends/?limit=${PAGE}`,
    sql: `SELECT id FROM friend_records WHERE ?1 IN (sender_id, receiver_id) AND status = 'accepted' ORDER BY id LIMIT ${PAGE}`,
    shown: (body: unknown): string => idsIn(Object(body).friends, 'request_id').join(),
  },
} as const

export type ReadKind = keyof typeof LISTS

const idsIn = (list: unknown, key: string): unknown[] => {
  if (!Array.isArray(list)) throw new Error(`not a list: ${JSON.stringify(list)}`)
  return list.map((item) => Object(item)[key])
}
