import type { NewCredential } from '../../store/credentials.ts'
import type { NewToken, TokenType } from '../../tokens/jwt.ts'
import type { Account, Ctx } from '../context.ts'
import { newTokenId } from '../object-id.ts'

/** What a contract hands out at a log-in: one token, a session for a cookie, or an access token with a refresh token. */
export type Door = 'token' | 'session' | 'pair'

export interface Knock {
  readonly door: Door
  /** Told to the account's owner in the list of credentials; nothing else reads it. */
  readonly userAgent: string
}

const USER_AGENT_KEPT = 200

/** The row that makes a credential live. The tokens that go with it are signed once the row is there. */
export const newCredential = (ctx: Ctx, { door, userAgent }: Knock): NewCredential => {
  const now = ctx.now()
  const lifetime = door === 'pair' ? ctx.settings.lifetimes.refresh : ctx.settings.lifetimes[door]
  return {
    id: newTokenId(),
    kind: door,
    createdAt: now,
    expiresAt: now + lifetime,
    day: dayOf(now),
    userAgent: userAgent.slice(0, USER_AGENT_KEPT),
  }
}

const DAY_MS = 24 * 60 * 60 * 1000
let today = { number: Number.NaN, text: '' }

/** Asked at every request and answered the same all day. */
export const dayOf = (time: number): string => {
  const number = Math.floor(time / DAY_MS)
  if (number !== today.number) today = { number, text: new Date(time).toISOString().slice(0, 10) }
  return today.text
}

type Bearer = Pick<Account, 'id' | 'objectId'>

/** The token of a single-token credential. */
export const signToken = (ctx: Ctx, account: Bearer, credential: NewCredential): Promise<string> =>
  sign(ctx, account, credential.kind === 'session' ? 'session' : 'token', credential.id, credential.id, credential.expiresAt)

export interface Pair {
  readonly refresh: string
  readonly access: string
}

export const signPair = async (ctx: Ctx, account: Bearer, credential: NewCredential): Promise<Pair> => {
  const [refresh, access] = await Promise.all([
    sign(ctx, account, 'refresh', credential.id, credential.id, credential.expiresAt),
    signAccess(ctx, account, credential.id),
  ])
  return { refresh, access }
}

export const signAccess = (ctx: Ctx, account: Bearer, credentialId: string): Promise<string> =>
  sign(ctx, account, 'access', newTokenId(), credentialId, ctx.now() + ctx.settings.lifetimes.access)

const sign = (ctx: Ctx, account: Bearer, type: TokenType, id: string, credentialId: string, expiresAt: number): Promise<string> => {
  const userId = type === 'access' || type === 'refresh' ? account.objectId : null
  const token: NewToken = { type, id, accountId: account.id, credentialId, expiresAt, userId }
  return ctx.tokens.sign(token, ctx.now())
}
