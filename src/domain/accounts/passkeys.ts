import { fromBase64Url, toBase64Url } from '../../model/base64url.ts'
import {
  CHALLENGE_LIFETIME_MS,
  type ChallengePurpose,
  ENROLMENT_LIFETIME_MS,
  MAX_PASSKEYS,
  type Passkey,
  type PasskeyState,
} from '../../model/passkey.ts'
import { Failure, fail, type Result } from '../../model/result.ts'
import { authenticatorData, challengeIn } from '../../model/webauthn.ts'
import { insertAuditEntry } from '../../store/audit.ts'
import {
  confirmLogin,
  deletePasskey,
  findLoginAndPasskeys,
  findPasskeys,
  insertPasskey,
  saveEnrolment,
  startChallenge,
  takeChallenge,
} from '../../store/passkeys.ts'
import { isPublicKey, isSignedBy } from '../../tokens/passkey-signature.ts'
import type { MemberContext, OperatorContext, StaffContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { digestOf } from '../digest.ts'
import { newTokenId } from '../object-id.ts'
import { confirmPassword } from './change-password.ts'
import { passkeyNotices } from './notices.ts'

/**
 * Passkeys of staff. A log-in by password has no rights of staff until it is confirmed with one, where the account has a
 * passkey or all staff need one: docs/adr/0020-passkeys-of-staff.md.
 */

const rulesOf = ({ settings }: Context) => ({ isRequired: settings.requireStaffPasskey, max: MAX_PASSKEYS })

const loginOf = ({ actor }: MemberContext) => ({ accountId: actor.account.id, credentialId: actor.credential.id })

/** What the caller's log-in may do, and the account's passkeys. A log-in that is not confirmed does not see them. */
export const readPasskeys = async (
  context: MemberContext,
): Promise<Result<{ readonly state: PasskeyState; readonly passkeys: readonly Passkey[] }, 'forbidden'>> => {
  const { isStaff, isOpen, passkeys } = await findLoginAndPasskeys(context.store, loginOf(context), context.settings.requireStaffPasskey)
  if (!isStaff) return fail('forbidden')
  return { state: isOpen ? 'open' : passkeys.length > 0 ? 'confirm' : 'enrol', passkeys: isOpen ? passkeys : [] }
}

interface Challenge {
  readonly challenge: string
  /** The account's passkeys. One of them confirms a log-in; an authenticator that has one of them does not create another. */
  readonly ids: readonly string[]
}

/**
 * Begins to add a passkey, with the password and, for the first one, perhaps the operator's code. Without a password: begins to
 * confirm the log-in.
 */
export const beginPasskey = async (
  context: MemberContext,
  { password, enrolment }: { password: string | null; enrolment: string },
): Promise<Result<Challenge, 'forbidden' | 'wrong-password' | 'throttled' | 'passkey-refused'>> => {
  const confirmed = password === null ? null : await confirmPassword(context, password)
  if (confirmed instanceof Failure) return confirmed
  const challenge = toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  const now = context.now()
  const { isStarted, isStaff, isOpen, passkeys } = await startChallenge(context.store, {
    ...loginOf(context),
    challenge,
    now,
    expiresAt: now + CHALLENGE_LIFETIME_MS,
    rules: rulesOf(context),
    adding: confirmed && { verified: confirmed.stored, enrolment: await digestOf(enrolment) },
  })
  if (isStarted) return { challenge, ids: passkeys.map(({ webauthnId }) => webauthnId) }
  if (!isStaff) return fail('forbidden')
  if (passkeys.length === 0) return fail('passkey-refused', { reason: 'enrol' })
  return fail('passkey-refused', { reason: isOpen ? 'full' : 'confirm' })
}

/** What a browser answers, each part as Base64 in the alphabet of URLs. `origin` is the one at which people reach this server. */
interface PasskeyAnswer {
  readonly origin: string
  readonly webauthnId: string
  readonly clientData: string
  readonly authenticatorData: string
}

/** Reads an answer and takes its challenge. Null if there is no such challenge, or if the answer is for another server or page. */
const readAnswer = async (context: MemberContext, purpose: ChallengePurpose, { origin, webauthnId, ...answer }: PasskeyAnswer) => {
  const [clientData, bytes] = [fromBase64Url(answer.clientData), fromBase64Url(answer.authenticatorData)]
  const challenge = clientData && challengeIn(clientData, purpose, origin)
  if (!clientData || !bytes || !challenge) return null
  const { isTaken, passkey } = await takeChallenge(context.store, {
    ...loginOf(context),
    purpose,
    challenge,
    webauthnId,
    now: context.now(),
  })
  const data = authenticatorData(bytes, await digestOf(new URL(origin).hostname))
  return isTaken && data ? { clientData, bytes, passkey, ...data } : null
}

interface NewPasskey extends PasskeyAnswer {
  readonly name: string
  readonly publicKey: string
  readonly algorithm: number
  readonly enrolment: string
}

/** Adds the passkey that a browser has made. It confirms this log-in, too. */
export const addPasskey = async (
  context: MemberContext,
  { name, publicKey, algorithm, enrolment, ...answer }: NewPasskey,
): Promise<Result<null, 'passkey-rejected'>> => {
  const read = await readAnswer(context, 'add', answer)
  const { webauthnId } = answer
  const login = loginOf(context)
  const isAdded =
    read?.webauthnId === webauthnId &&
    (await isPublicKey({ publicKey, algorithm })) &&
    (await insertPasskey(context.store, {
      ...login,
      id: newTokenId(),
      webauthnId,
      publicKey,
      algorithm,
      signCount: read.signCount,
      name,
      now: context.now(),
      rules: rulesOf(context),
      enrolment: await digestOf(enrolment),
      audit: auditEntry(context, 'passkey-added', login.accountId),
      ...passkeyNotices(context, 'added'),
    }))
  if (!isAdded) return fail('passkey-rejected')
  context.waitUntil(context.support.closeRevokedConnections(login.accountId))
  return null
}

/** Confirms the caller's log-in with a passkey of their account: from now on it has the rights of staff. */
export const confirmWithPasskey = async (
  context: MemberContext,
  { signature, ...answer }: PasskeyAnswer & { signature: string },
): Promise<Result<null, 'passkey-rejected'>> => {
  const { accountId, credentialId } = loginOf(context)
  const read = await readAnswer(context, 'confirm', answer)
  if (read?.passkey && (await isSignedBy(read.passkey, { ...read, signature }))) {
    const audit = auditEntry(context, 'passkey-used', accountId)
    if (await confirmLogin(context.store, { id: read.passkey.id, credentialId, signCount: read.signCount, audit })) return null
  }
  await insertAuditEntry(context.store, auditEntry(context, 'passkey-failed', accountId))
  return fail('passkey-rejected')
}

/** Removes a passkey of the caller, with their password. The last one stays where all staff need one. */
export const removePasskey = async (
  context: StaffContext,
  { id, password }: { id: string; password: string },
): Promise<Result<null, 'wrong-password' | 'throttled' | 'not-found' | 'passkey-refused'>> => {
  const confirmed = await confirmPassword(context, password)
  if (confirmed instanceof Failure) return confirmed
  const { accountId } = loginOf(context)
  const removal = { accountId, id, verified: confirmed.stored, keepsLast: context.settings.requireStaffPasskey }
  const { isRemoved, left } = await remove(context, removal)
  if (!isRemoved) return left.some((passkey) => passkey.id === id) ? fail('passkey-refused', { reason: 'last' }) : fail('not-found')
  context.waitUntil(context.support.closeRevokedConnections(accountId))
  return null
}

type Removal = Pick<Parameters<typeof deletePasskey>[1], 'accountId' | 'id' | 'verified' | 'keepsLast'>

const remove = (context: StaffContext | OperatorContext, removal: Removal) => {
  const audit = auditEntry(context, 'passkey-removed', removal.accountId)
  return deletePasskey(context.store, { ...removal, audit, ...passkeyNotices(context, 'removed') })
}

export const listPasskeysOf = (context: OperatorContext, accountId: number): Promise<readonly Passkey[]> =>
  findPasskeys(context.store, accountId)

/** The operator removes the passkey of a device that was lost. False if the account has no such passkey. */
export const removePasskeyOf = async (context: OperatorContext, accountId: number, id: string): Promise<boolean> =>
  (await remove(context, { accountId, id, verified: null, keepsLast: false })).isRemoved

/** A code with which an account may get its first passkey, once, within a day. An earlier code becomes invalid. */
export const createEnrolment = async (context: OperatorContext, accountId: number): Promise<string> => {
  const code = newTokenId()
  await saveEnrolment(context.store, { accountId, digest: await digestOf(code), expiresAt: context.now() + ENROLMENT_LIFETIME_MS })
  return code
}
