import {
  type Account,
  type AccountConflicts,
  emailKey,
  type NewAccount,
  type UniqueField,
  type UniqueKeys,
  usernameKey,
  type WithoutAccountState,
} from '../../model/account.ts'
import type { NewCredential } from '../../model/credential.ts'
import { HASHING_RETRY_MS } from '../../model/password.ts'
import { Failure, fail } from '../../model/result.ts'
import { isoDay, SECOND } from '../../model/time.ts'
import { findAccountConflicts, findTakenUniqueFields, insertAccount } from '../../store/accounts.ts'
import type { AdminContext } from '../access.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { newObjectId } from '../object-id.ts'
import { type CredentialKind, type IssuedTokens, issueTokens, type LoginAttempt, newCredential } from '../sessions/credentials.ts'
import type { AcceptedPassword } from './password-rules.ts'

interface Registration extends Pick<NewAccount, 'facility' | 'meetups'> {
  readonly username: string
  readonly email?: string | undefined
  readonly password: AcceptedPassword
  readonly phoneNumber?: string | null | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly subscriptionPlanId?: number | null | undefined
}

/** Only an admin may set these. The type `never` rejects a value that has one of them. */
type OwnRegistration = WithoutAccountState<Registration>

export interface AdminRegistration extends Registration {
  readonly isAdmin: boolean
  readonly isSuspended: boolean
  readonly isActive: boolean
}

type RegistrationFailure = Failure<'taken' | 'throttled'>

/** Creates an active account without flags. It can log in through every contract. */
export const register = (context: Context, registration: OwnRegistration): Promise<Account | RegistrationFailure> =>
  create(context, registration, ORDINARY, null)

/** The same for an admin, who may give the account the flag `isAdmin`, or create it suspended or inactive. */
export const registerAsAdmin = (context: AdminContext, registration: AdminRegistration): Promise<Account | RegistrationFailure> =>
  create(context, registration, registration, null)

export interface Registered<K extends CredentialKind> {
  readonly account: Account
  readonly issued: IssuedTokens[K]
}

/** The same, for the contracts in which registration also logs in. */
export const registerAndLogIn = async <K extends CredentialKind>(
  context: Context,
  registration: OwnRegistration,
  attempt: LoginAttempt<K>,
): Promise<Registered<K> | RegistrationFailure> => {
  const credential = newCredential(context, attempt)
  const account = await create(context, registration, ORDINARY, credential)
  return account instanceof Failure ? account : { account, issued: await issueTokens(context, account, credential, attempt.kind) }
}

/** Requested values that must be unique. */
interface UniqueValues {
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly phoneNumber?: string | null | undefined
}

const uniqueKeysOf = (values: UniqueValues): UniqueKeys => ({
  usernameKey: values.username === undefined ? null : usernameKey(values.username),
  emailKey: values.email === undefined ? null : emailKey(values.email),
  phoneNumber: values.phoneNumber ?? null,
})

/** Which of these values are taken. For a contract that reports this together with validation errors, before any insert. */
export const findTakenFields = (context: Context, values: UniqueValues): Promise<UniqueField[]> =>
  findTakenUniqueFields(context.store, uniqueKeysOf(values))

/** The same, and whether the subscription plan may be chosen. For the contract that has subscription plans. */
export const accountConflicts = async (
  context: Context,
  values: UniqueValues,
  planId: number | null,
  exceptId?: number,
): Promise<AccountConflicts> => {
  const uniqueKeys = uniqueKeysOf(values)
  if (planId !== null) return findAccountConflicts(context.store, uniqueKeys, { id: planId, today: isoDay(context.now()) }, exceptId)
  const hasKeys = Object.values(uniqueKeys).some((key) => key !== null)
  return { taken: hasKeys ? await findTakenUniqueFields(context.store, uniqueKeys, exceptId) : [], noSuchPlan: false }
}

type AccountState = Pick<AdminRegistration, 'isAdmin' | 'isSuspended' | 'isActive'>

const ORDINARY: AccountState = { isAdmin: false, isSuspended: false, isActive: true }

const create = async (
  context: Context,
  registration: Registration,
  { isAdmin, isSuspended, isActive }: AccountState,
  credential: NewCredential | null,
): Promise<Account | RegistrationFailure> => {
  const now = context.now()
  const { username, email = '', phoneNumber = null, subscriptionPlanId = null } = registration
  const requester = { network: context.client.network, account: usernameKey(username) }
  const password = await context.passwords.hash(registration.password, requester)
  if (password === null) return fail('throttled', { seconds: HASHING_RETRY_MS / SECOND })
  const created = await insertAccount(
    context.store,
    {
      objectId: newObjectId(now),
      username,
      usernameKey: usernameKey(username),
      email,
      emailKey: emailKey(email),
      phoneNumber,
      password,
      firstName: registration.firstName ?? '',
      lastName: registration.lastName ?? '',
      subscriptionPlanId,
      isActive,
      isAdmin,
      isSuspended,
      createdAt: now,
      ...(registration.facility && { facility: registration.facility }),
      ...(registration.meetups && { meetups: registration.meetups }),
    },
    credential,
    auditEntry(context, 'registered', null, isAdmin ? 'isAdmin: given' : ''),
  )
  if ('taken' in created) return fail('taken', { fields: created.taken })
  context.gates.concern(created.id)
  return created
}
