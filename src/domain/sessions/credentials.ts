import type { Account } from '../../model/account.ts'
import type { NewCredential } from '../../model/credential.ts'
import { isoDay } from '../../model/time.ts'
import type { NewToken, TokenType } from '../../tokens/jwt.ts'
import type { Context } from '../context.ts'
import { newTokenId } from '../object-id.ts'

/** What a contract issues at a log-in: one token, a session for a cookie, or an access token with a refresh token. */
export type CredentialKind = 'token' | 'session' | 'pair'

export interface LoginAttempt<K extends CredentialKind = CredentialKind> {
  readonly kind: K
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
    kind,
    createdAt: now,
    expiresAt: now + lifetime,
    day: isoDay(now),
    userAgent: userAgent.slice(0, USER_AGENT_MAX),
  }
}

type TokenSubject = Pick<Account, 'id' | 'objectId'>

/** What a log-in returns, by the kind of credential. */
export interface IssuedTokens {
  readonly token: { readonly token: string }
  readonly session: { readonly token: string; readonly lifetimeMs: number }
  readonly pair: { readonly refresh: string; readonly access: string }
}

type Issuers = {
  readonly [K in CredentialKind]: (context: Context, account: TokenSubject, credential: NewCredential) => Promise<IssuedTokens[K]>
}

const ISSUERS: Issuers = {
  token: async (context, account, credential) => ({ token: await signCredential(context, account, 'token', credential) }),
  session: async (context, account, credential) => ({
    token: await signCredential(context, account, 'session', credential),
    lifetimeMs: context.settings.lifetimes.session,
  }),
  pair: async (context, account, credential) => {
    const [refresh, access] = await Promise.all([
      signCredential(context, account, 'refresh', credential),
      signAccess(context, account, credential.id),
    ])
    return { refresh, access }
  },
}

/** Signs the tokens of a credential whose row is already stored. */
export const issueTokens = <K extends CredentialKind>(
  context: Context,
  account: TokenSubject,
  credential: NewCredential,
  kind: K,
): Promise<IssuedTokens[K]> => ISSUERS[kind](context, account, credential)

export const signAccess = (context: Context, account: TokenSubject, credentialId: string): Promise<string> => {
  const now = context.now()
  return sign(context, account, { type: 'access', id: newTokenId(), credentialId, expiresAt: now + context.settings.lifetimes.access }, now)
}

const signCredential = (
  context: Context,
  account: TokenSubject,
  type: TokenType,
  { id, createdAt, expiresAt }: NewCredential,
): Promise<string> => sign(context, account, { type, id, credentialId: id, expiresAt }, createdAt)

/** `issuedAt` is the time from which `expiresAt` was computed: a client may take the difference for the lifetime. */
const sign = (
  context: Context,
  account: TokenSubject,
  token: Pick<NewToken, 'type' | 'id' | 'credentialId' | 'expiresAt'>,
  issuedAt: number,
): Promise<string> => {
  const userId = token.type === 'access' || token.type === 'refresh' ? account.objectId : null
  return context.tokens.sign({ ...token, accountId: account.id, userId }, issuedAt)
}
