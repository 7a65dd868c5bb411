import {
  type AccountConflicts,
  findAccountConflicts,
  findTakenUniqueFields,
  insertAccount,
  type NewAccount,
  type UniqueField,
  type UniqueKeys,
} from '../../store/accounts.ts'
import type { NewCredential } from '../../store/credentials.ts'
import type { Account, Context } from '../context.ts'
import { type Failure, fail } from '../failures.ts'
import { newObjectId } from '../object-id.ts'
import { dayOf, type LoginAttempt, newCredential } from '../sessions/credentials.ts'
import { emailKey, usernameKey } from './names.ts'
import type { AcceptedPassword } from './password-rules.ts'

interface Registration extends Pick<NewAccount, 'facility' | 'meetups'> {
  readonly username: string
  readonly email?: string | undefined
  readonly password: AcceptedPassword
  readonly phoneNumber?: string | null | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly subscriptionPlanId?: number | null | undefined
  readonly isAdmin?: boolean
  readonly isSuspended?: boolean
  readonly isActive?: boolean
}

export interface Registered<C> {
  readonly account: Account
  readonly credential: C
}

export type { UniqueField }

type RegistrationFailure = Failure<'taken' | 'throttled'>

/** Creates an account. It can log in through every contract. */
export const register = async (context: Context, registration: Registration): Promise<Registered<null> | RegistrationFailure> => {
  const account = await create(context, registration, null)
  return 'code' in account ? account : { account, credential: null }
}

/** The same, for the contracts in which registration also logs in. */
export const registerAndLogIn = async (
  context: Context,
  registration: Registration,
  attempt: LoginAttempt,
): Promise<Registered<NewCredential> | RegistrationFailure> => {
  const credential = newCredential(context, attempt)
  const account = await create(context, registration, credential)
  return 'code' in account ? account : { account, credential }
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
  except?: Account,
): Promise<AccountConflicts> => {
  const uniqueKeys = uniqueKeysOf(values)
  if (planId !== null) return findAccountConflicts(context.store, uniqueKeys, { id: planId, today: dayOf(context.now()) }, except?.id)
  const hasKeys = Object.values(uniqueKeys).some((key) => key !== null)
  return { taken: hasKeys ? await findTakenUniqueFields(context.store, uniqueKeys, except?.id) : [], noSuchPlan: false }
}

const create = async (
  context: Context,
  registration: Registration,
  credential: NewCredential | null,
): Promise<Account | RegistrationFailure> => {
  const now = context.now()
  const { username, email = '', phoneNumber = null, subscriptionPlanId = null } = registration
  const password = await context.passwords.hash(registration.password)
  if (password === null) return fail('throttled', { seconds: 10 })
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
      isActive: registration.isActive ?? true,
      isAdmin: registration.isAdmin ?? false,
      isSuspended: registration.isSuspended ?? false,
      createdAt: now,
      ...(registration.facility && { facility: registration.facility }),
      ...(registration.meetups && { meetups: registration.meetups }),
    },
    credential,
  )
  return 'taken' in created ? fail('taken', { fields: created.taken }) : created
}
