import type { Ctx, MemberCtx } from '../domain/context.ts'

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
  readonly ctx: Ctx
  readonly record: RequestRecord
}

export const isMember = (ctx: Ctx): ctx is MemberCtx => 'actor' in ctx && ctx.actor !== null

/** The environment of every handler. Routes that ask for an account narrow `ctx` (see credentials.ts). */
export interface House {
  Bindings: Bindings
  Variables: { ctx: Ctx }
}
