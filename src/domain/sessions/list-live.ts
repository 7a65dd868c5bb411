import { findCredentials } from '../../store/credentials.ts'
import type { Context, MemberContext } from '../context.ts'

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
export const listLiveSessions = async (context: MemberContext): Promise<LiveSession[]> => {
  const found = await liveSessionsOf(context, context.actor.account.id)
  return found.map((credential) => ({ ...credential, current: credential.id === context.actor.credential.id }))
}

/** Where somebody is logged in, the newest first. */
export const liveSessionsOf = (context: Context, accountId: number): Promise<Omit<LiveSession, 'current'>[]> =>
  findCredentials(context.store, accountId, context.now(), SHOWN)
