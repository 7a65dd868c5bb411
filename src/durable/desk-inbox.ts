import { RESOLVED_RANK } from '../model/room-machine.ts'
import type { InboxFilter, InboxPage, InboxQuery, InboxRoom, RoomReport } from '../model/support.ts'

/** Reads the desk's table of rooms: a page of the inbox, and how many rooms there are. */

export type Summary = RoomReport['summary']

export type RoomRow = {
  user_id: number
  username: string
  epoch: string
  version: number
  line: string
  alarm: string | null
  rank: number
  place: number
}

/** Who has claimed the conversation. There is an index on this expression. */
export const HOLDER = `json_extract(line, '$.claimedBy.id')`

const FILTERS: Readonly<Record<InboxFilter, string>> = {
  all: 'true',
  waiting: 'rank <= 1',
  mine: `${HOLDER} = ?1`,
  resolved: `rank = ${RESOLVED_RANK}`,
}

export const readInbox = (sql: SqlStorage, { from, limit, filter, search, staffId }: InboxQuery): InboxPage => {
  const { rank, at, userId } = from ?? { rank: -1, at: 0, userId: 0 }
  const rows = sql
    .exec<RoomRow>(
      `SELECT * FROM rooms WHERE ${FILTERS[filter]} AND (?2 = '' OR instr(lower(username), ?2) > 0)
         AND (rank, place, user_id) > (?3, ?4, ?5) AND ?1 > 0 ORDER BY rank, place, user_id LIMIT ?6`,
      staffId,
      asciiLowerCase(search),
      rank,
      at,
      userId,
      limit + 1,
    )
    .toArray()
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    rooms: page.map((row) => ({
      ...inboxFields(row, JSON.parse(row.line)),
      alarm: row.alarm === null ? null : JSON.parse(row.alarm),
    })),
    next: rows.length > limit && last ? { rank: last.rank, at: last.place, userId: last.user_id } : null,
    counts: countsFor(sql, staffId),
  }
}

/** Each count reads an index only, and not the rooms themselves. */
const countsFor = (sql: SqlStorage, staffId: number): InboxPage['counts'] => {
  const count = (filter: InboxFilter) => `(SELECT count(*) FROM rooms WHERE ${FILTERS[filter]}) AS "${filter}"`
  return sql
    .exec<Record<InboxFilter, number>>(
      `SELECT ${count('all')}, ${count('waiting')}, ${count('mine')}, ${count('resolved')} WHERE ?1 > 0`,
      staffId,
    )
    .one()
}

/** SQLite's lower() changes only these letters. */
const asciiLowerCase = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

export const inboxFields = (
  { user_id: userId, username, rank }: Pick<RoomRow, 'user_id' | 'username' | 'rank'>,
  { online, unread, waitingSince, lastMessage, claimedBy, resolved, notes, updatedAt }: Summary,
): Omit<InboxRoom, 'alarm'> => ({
  userId,
  username,
  online,
  unread,
  waitingSince,
  lastMessage,
  claimedBy,
  resolved: rank === RESOLVED_RANK ? resolved : null,
  notes,
  updatedAt,
})
