import type { Context, MemberContext } from '../domain/context.ts'

/** What is noted of a request while it is answered, for its log line. */
export interface RequestRecord {
  readonly id: string
  readonly startedAt: number
  contract: string
  /** The pattern and not the path: a path may hold an id, a pattern holds nothing of anybody. */
  route: string
  accountId: number | null
  /** What went wrong, where it was our fault. */
  fault: string | null
}

export interface Bindings {
  readonly context: Context
  readonly record: RequestRecord
}

export const isMember = (context: Context): context is MemberContext => 'actor' in context && context.actor !== null

/** The environment of every handler. Routes that ask for an account narrow `context` (see credentials.ts). */
export interface AppEnv {
  Bindings: Bindings
  Variables: { context: Context }
}
