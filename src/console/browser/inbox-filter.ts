import type { Room } from '#chat/desk-events.ts'
import { isRecord } from '#chat/values.ts'
import { hasOpenAlarm } from './inbox-order.ts'

/** Which conversations of the inbox are shown. The server selects in the same way, for those that this page has not loaded. */

export const FILTERS = ['all', 'waiting', 'mine', 'resolved'] as const
export type Filter = (typeof FILTERS)[number]

export const FILTER_NAMES: Readonly<Record<Filter, string>> = { all: 'All', waiting: 'Waiting', mine: 'Mine', resolved: 'Resolved' }

export type Counts = Readonly<Record<Filter, number>>

export const NO_COUNTS: Counts = { all: 0, waiting: 0, mine: 0, resolved: 0 }

export const parseCounts = (value: unknown): Counts => {
  const fields = isRecord(value) ? value : {}
  const count = (filter: Filter): number => (typeof fields[filter] === 'number' ? fields[filter] : 0)
  return { all: count('all'), waiting: count('waiting'), mine: count('mine'), resolved: count('resolved') }
}

export const isShown = (room: Room, filter: Filter, search: string, myId: number): boolean => {
  if (search !== '' && !room.username.toLowerCase().includes(search.toLowerCase())) return false
  if (filter === 'waiting') return hasOpenAlarm(room) || room.unread > 0
  if (filter === 'mine') return room.claimedBy?.id === myId
  return filter === 'all' || room.resolved !== null
}
