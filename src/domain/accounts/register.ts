import {
  type AccountConflicts,
  type Claimed,
  findAccountConflicts,
  findTaken,
  insertAccount,
  type NewAccount,
  type UniqueField,
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

type Refused = Failure<'taken' | 'throttled'>

/** Makes the one account that opens all contracts. */
export const register = async (context: Context, registration: Registration): Promise<Registered<null> | Refused> => {
  const account = await create(context, registration, null)
  return 'code' in account ? account : { account, credential: null }
}

/** The same, for the contracts in which registering logs in. */
export const registerAndLogIn = async (
  context: Context,
  registration: Registration,
  knock: LoginAttempt,
): Promise<Registered<NewCredential> | Refused> => {
  const credential = newCredential(context, knock)
  const account = await create(context, registration, credential)
  return 'code' in account ? account : { account, credential }
}

/** What somebody asks to be theirs. */
interface Wanted {
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly phoneNumber?: string | null | undefined
}

const claimedBy = (wanted: Wanted): Claimed => ({
  usernameKey: wanted.username === undefined ? null : usernameKey(wanted.username),
  emailKey: wanted.email === undefined ? null : emailKey(wanted.email),
  phoneNumber: wanted.phoneNumber ?? null,
})

/** What of this is taken: for a contract that reports it beside errors which keep the registration from being tried. */
export const findTakenFields = (context: Context, wanted: Wanted): Promise<UniqueField[]> => findTaken(context.store, claimedBy(wanted))

/** The same, and whether a plan may be chosen, for a contract in which there are plans. */
export const accountConflicts = async (
  context: Context,
  wanted: Wanted,
  planId: number | null,
  except?: Account,
): Promise<AccountConflicts> => {
  const claimed = claimedBy(wanted)
  if (planId !== null) return findAccountConflicts(context.store, claimed, { id: planId, today: dayOf(context.now()) }, except?.id)
  const asked = Object.values(claimed).some((key) => key !== null)
  return { taken: asked ? await findTaken(context.store, claimed, except?.id) : [], noSuchPlan: false }
}

const create = async (context: Context, registration: Registration, credential: NewCredential | null): Promise<Account | Refused> => {
  const now = context.now()
  const { username, email = '', phoneNumber = null, subscriptionPlanId = null } = registration
  const password = await context.passwords.hash(registration.password)
  if (password === null) return fail('throttled', { seconds: 10 })
  const made = await insertAccount(
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
  return 'taken' in made ? fail('taken', { fields: made.taken }) : made
}
