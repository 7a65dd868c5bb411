import { findCredentials } from '../../store/credentials.ts'
import type { MemberCtx } from '../context.ts'

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
  const found = await findCredentials(ctx.store, ctx.actor.account.id, ctx.now(), SHOWN)
  return found.map((credential) => ({ ...credential, current: credential.id === ctx.actor.credential.id }))
}
