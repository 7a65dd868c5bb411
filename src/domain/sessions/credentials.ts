import type { NewCredential } from '../../store/credentials.ts'
import type { NewToken, TokenType } from '../../tokens/jwt.ts'
import type { Account, Context } from '../context.ts'
import { newTokenId } from '../object-id.ts'

/** What a contract issues at a log-in: one token, a session for a cookie, or an access token with a refresh token. */
export type CredentialKind = 'token' | 'session' | 'pair'

export interface LoginAttempt {
  readonly kind: CredentialKind
  /** Shown to the account's owner in the list of sessions. Nothing else reads it. */
  readonly userAgent: string
}

const USER_AGENT_MAX = 200

/** Creates the row that makes a credential valid. Its tokens are signed after the row is inserted. */
export const newCredential = (context: Context, { kind, userAgent }: LoginAttempt): NewCredential => {
  const now = context.now()
  const lifetime = kind === 'pair' ? context.settings.lifetimes.refresh : context.settings.lifetimes[kind]
  return {
    id: newTokenId(),
    kind: kind,
    createdAt: now,
    expiresAt: now + lifetime,
    day: dayOf(now),
    userAgent: userAgent.slice(0, USER_AGENT_MAX),
  }
}

const DAY_MS = 24 * 60 * 60 * 1000
let today = { number: Number.NaN, text: '' }

/** The UTC date of a time. Every request needs it, so the text of the current day is cached. */
export const dayOf = (time: number): string => {
  const number = Math.floor(time / DAY_MS)
  if (number !== today.number) today = { number, text: new Date(time).toISOString().slice(0, 10) }
  return today.text
}

type Bearer = Pick<Account, 'id' | 'objectId'>

/** Signs the token of a credential that has only one. */
export const signToken = (context: Context, account: Bearer, credential: NewCredential): Promise<string> =>
  sign(context, account, credential.kind === 'session' ? 'session' : 'token', credential.id, credential.id, credential.expiresAt)

export interface Pair {
  readonly refresh: string
  readonly access: string
}

export const signPair = async (context: Context, account: Bearer, credential: NewCredential): Promise<Pair> => {
  const [refresh, access] = await Promise.all([
    sign(context, account, 'refresh', credential.id, credential.id, credential.expiresAt),
    signAccess(context, account, credential.id),
  ])
  return { refresh, access }
}

export const signAccess = (context: Context, account: Bearer, credentialId: string): Promise<string> =>
  sign(context, account, 'access', newTokenId(), credentialId, context.now() + context.settings.lifetimes.access)

const sign = (context: Context, account: Bearer, type: TokenType, id: string, credentialId: string, expiresAt: number): Promise<string> => {
  const userId = type === 'access' || type === 'refresh' ? account.objectId : null
  const token: NewToken = { type, id, accountId: account.id, credentialId, expiresAt, userId }
  return context.tokens.sign(token, context.now())
}
