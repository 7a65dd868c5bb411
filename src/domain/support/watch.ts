import { findOutbox, type OutboxMessage, type OutboxPlace } from '../../store/alarms.ts'
import { findReports, type MemberReport } from '../../store/blocks.ts'
import type { MemberCtx } from '../context.ts'
import { type Page, pageOf } from '../page.ts'
import { Refusal } from '../refusals.ts'
import { openDesk } from './open-desk.ts'
import type { AlarmLine, InboxPage, InboxPlace } from './words.ts'

/** What staff see of everybody at once. */

export type { MemberReport, OutboxMessage }

type ForStaff<T> = Promise<T | Refusal<'not-yours'>>

const ALARMS_SHOWN = 200

/** The rooms, by who needs help most. */
export const readInbox = async (ctx: MemberCtx, from: InboxPlace | null, limit: number): ForStaff<InboxPage> =>
  openDesk(ctx) ?? ctx.support.desk(ctx.actor.account.id).inbox(from, limit)

/** The alarms, the newest first. */
export const readAlarms = async (ctx: MemberCtx): ForStaff<readonly AlarmLine[]> =>
  openDesk(ctx) ?? ctx.support.desk(ctx.actor.account.id).alarms(ALARMS_SHOWN)

/** What would have been sent to somebody, had there been a provider; the newest first. */
export const readOutbox = async (ctx: MemberCtx, from: OutboxPlace | null, limit: number): ForStaff<Page<OutboxMessage, OutboxPlace>> => {
  const refused = openDesk(ctx)
  if (refused instanceof Refusal) return refused
  return pageOf(await findOutbox(ctx.store, from, limit + 1), limit, ({ createdAt, key }) => ({ createdAt, key }))
}

/** What members have reported of each other, the newest first. */
export const readReports = async (ctx: MemberCtx, before: number | null, limit: number): ForStaff<Page<MemberReport, number>> => {
  const refused = openDesk(ctx)
  if (refused instanceof Refusal) return refused
  return pageOf(await findReports(ctx.store, before, limit + 1), limit, ({ id }) => id)
}
