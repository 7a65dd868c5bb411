import { findCredentials } from '../../store/credentials.ts'
import type { Ctx, MemberCtx } from '../context.ts'

export interface LiveSession {
  readonly id: string
  readonly kind: 'token' | 'session' | 'pair'
  readonly createdAt: number
  readonly lastSeenDay: string
  readonly userAgent: string
  readonly current: boolean
}

const SHOWN = 1000

/** Where the caller is logged in, the newest first. */
export const listLiveSessions = async (ctx: MemberCtx): Promise<LiveSession[]> => {
  const found = await liveSessionsOf(ctx, ctx.actor.account.id)
  return found.map((credential) => ({ ...credential, current: credential.id === ctx.actor.credential.id }))
}

/** Where somebody is logged in, the newest first. */
export const liveSessionsOf = (ctx: Ctx, accountId: number): Promise<Omit<LiveSession, 'current'>[]> =>
  findCredentials(ctx.store, accountId, ctx.now(), SHOWN)
