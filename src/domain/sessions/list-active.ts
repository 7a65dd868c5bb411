import { findCredentials } from '../../store/credentials.ts'
import type { MemberContext, OperatorContext } from '../access.ts'
import type { Context } from '../context.ts'

export interface ActiveSession {
  readonly id: string
  readonly kind: 'token' | 'session' | 'pair'
  readonly createdAt: number
  readonly lastSeenDay: string
  readonly userAgent: string
  readonly current: boolean
}

const MAX_SESSIONS = 1000

/** Lists the caller's active sessions, newest first. */
export const listActiveSessions = async (context: MemberContext): Promise<ActiveSession[]> => {
  const sessions = await findActiveSessions(context, context.actor.account.id)
  return sessions.map((credential) => ({ ...credential, current: credential.id === context.actor.credential.id }))
}

/** Lists the active sessions of an account for the operator, newest first. */
export const listSessionsOf = (context: OperatorContext, accountId: number): Promise<Omit<ActiveSession, 'current'>[]> =>
  findActiveSessions(context, accountId)

const findActiveSessions = (context: Context, accountId: number): Promise<Omit<ActiveSession, 'current'>[]> =>
  findCredentials(context.store, accountId, context.now(), MAX_SESSIONS)
