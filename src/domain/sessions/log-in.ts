import { findForLogin } from '../../store/accounts.ts'
import { countFailure, insertLogin, type NewCredential } from '../../store/credentials.ts'
import type { FacilityProfile } from '../../store/profiles.ts'
import { usernameKey } from '../accounts/names.ts'
import type { Account, Ctx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { type Knock, newCredential } from './credentials.ts'

interface Login extends Knock {
  readonly username: string
  readonly password: string
}

export interface LoggedIn {
  readonly account: Account
  readonly credential: NewCredential
  /** What two contracts show of a person at once; null where there is nothing yet. */
  readonly practice: { readonly bio: string; readonly location: string } | null
  readonly facility: FacilityProfile | null
}

/**
 * Opens the door to whoever knows the password. A name that nobody bears costs the same time and is counted and locked
 * like any other, so that the answer tells nothing about who has an account.
 */
export const logIn = async (ctx: Ctx, login: Login): Promise<LoggedIn | Refusal<'invalid-credentials' | 'inactive' | 'throttled'>> => {
  const key = usernameKey(login.username)
  const who = await failureKey(key)
  const { found, lockedUntil } = await findForLogin(ctx.store, { usernameKey: key, who })
  if (lockedUntil > ctx.now()) return refuse('throttled', { seconds: secondsUntil(ctx, lockedUntil) })

  const verified = await ctx.passwords.verify(login.password, found?.password ?? null)
  if (!verified) return refuse('throttled', { seconds: 10 })
  if (!found || !verified.matches) return failed(ctx, who)
  if (!found.account.isActive) return refuse('inactive')

  const credential = newCredential(ctx, login)
  const to = verified.outdated ? await ctx.passwords.hash(login.password) : null
  const rehash = to === null ? null : { from: found.password, to }
  const now = ctx.now()
  const admitted = await insertLogin(ctx.store, { accountId: found.account.id, who, now, credential, rehash })
  if (!admitted) return failed(ctx, who) // locked or closed while the password was being verified
  return { account: { ...found.account, lastLoginAt: now }, credential, practice: found.practice, facility: found.facility }
}

/** Counts one more wrong password against an account, and says what its asker hears. */
export const failed = async (ctx: Ctx, who: string): Promise<Refusal<'invalid-credentials' | 'throttled'>> => {
  const rule = ctx.settings.loginLock
  const { failures, lockedUntil } = await countFailure(ctx.store, who, ctx.now(), rule)
  if (failures > rule.failures) return refuse('throttled', { seconds: secondsUntil(ctx, lockedUntil) })
  const slowdown = Math.max(0, failures - 3) * rule.slowdownMs
  if (slowdown > 0) await ctx.pause(slowdown)
  return refuse('invalid-credentials')
}

export const secondsUntil = (ctx: Ctx, time: number): number => Math.max(1, Math.ceil((time - ctx.now()) / 1000))

/** Failures are kept under a digest: people type passwords into the name's field. */
export const failureKey = async (usernameKey: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(usernameKey))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
