import { createHash } from 'node:crypto'
import { emailKey, usernameKey } from '../../../model/account.ts'
import type { ContractName } from '../../../model/contract.ts'
import { isObjectId } from '../../../model/object-id.ts'
import { NO_PASSWORD } from '../../../model/password.ts'
import { SECOND } from '../../../model/time.ts'
import { passwordKind } from '../inspect/password-kinds.ts'
import type { ModelDefinition } from '../models/model.ts'
import type { Value } from '../models/values.ts'
import type { StagedRecord } from '../staging/staging.ts'
import { companion, type TargetTable, targetTable, type Values } from '../target/table.ts'
import { flag, type Placement, row, type Surroundings, textFrom } from './placing.ts'

/** Accounts: what all five originals have alike. */

/** An e-mail address or a phone number that another account already has stays with that account. */
const unlessTaken = (column: string): string =>
  `CASE WHEN EXISTS (SELECT 1 FROM accounts WHERE ${column} = {value}) THEN NULL ELSE {value} END`

export const ACCOUNTS: TargetTable = targetTable('accounts', {
  expressions: { email_key: unlessTaken('email_key'), phone_number: unlessTaken('phone_number') },
  unless: [
    'SELECT 1 FROM accounts WHERE username_key = {username_key} OR object_id = {object_id}',
    'SELECT 1 FROM contract_names WHERE name_key = {username_key}',
  ],
  unwatched: ['email_key', 'phone_number', 'profile_picture', 'updated_at'],
  companions: [
    companion('contract_names', 'account_id', false),
    companion('facility_profiles', 'account_id', true),
    companion('credentials', 'account_id', false),
  ],
})

/** The flags that an operator gives to an account by name. Those of the source are not imported. */
export const FLAGS = ['staff', 'admin', 'superuser'] as const

export type FlagName = (typeof FLAGS)[number]

/** What was decided about an account: by its plan, or by the import where the database has changed since. */
export interface AccountDecision {
  /** The name in all contracts. */
  readonly username: string
  /** The name in the account's own contract only, because another account has it in the others; null: there is none. */
  readonly contractName: string | null
  readonly flags: readonly FlagName[]
}

/** What an account has of its contract alone. */
export interface AccountDetails {
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly phoneNumber?: string | null
  readonly picture?: string | null
  readonly plan?: number | null
  readonly isSuspended?: boolean
  readonly lastLoginAt: number | null
  readonly updatedAt?: number
  readonly notes?: readonly (string | null)[]
  readonly companions?: Readonly<Record<string, Values>>
}

export interface AccountModel {
  readonly model: ModelDefinition
  details(record: StagedRecord, around: Surroundings): AccountDetails
}

const LATEST_OBJECT_ID_SECONDS = 0xffffffff

/** Of meetups the id itself. The others get one that begins with the time at which they joined, the same at each import. */
const objectIdFor = (contract: ContractName, key: string, joinedAt: number): string => {
  if (contract === 'meetups' && isObjectId(key)) return key
  const seconds = Math.min(Math.max(Math.floor(joinedAt / SECOND), 0), LATEST_OBJECT_ID_SECONDS)
  const rest = createHash('sha256').update(`${contract} ${key}`).digest('hex').slice(0, 16)
  return seconds.toString(16).padStart(8, '0') + rest
}

const timeOf = (value: Value | undefined): number => (value instanceof Date ? value.getTime() : 0)

const storedPassword = (column: Value | undefined): string =>
  typeof column === 'string' && passwordKind(column).fails === null ? column : NO_PASSWORD

export const placeAccount = (
  contract: ContractName,
  number: number | null,
  record: StagedRecord,
  { username, contractName, flags }: AccountDecision,
  { notes = [], companions = {}, ...details }: AccountDetails,
  around: Surroundings,
): Placement => {
  const { now } = around
  const { keyText, fields } = record
  const isActive = fields.is_active !== false
  const createdAt = timeOf(fields.date_joined)
  const address = emailKey(details.email)
  const isFirst = address === null || around.claim('e-mail', address)
  return row(
    number,
    {
      object_id: objectIdFor(contract, keyText, createdAt),
      username,
      username_key: usernameKey(username),
      email: details.email,
      email_key: isFirst ? address : null,
      phone_number: details.phoneNumber ?? null,
      password: storedPassword(fields.password),
      first_name: details.firstName,
      last_name: details.lastName,
      profile_picture: details.picture ?? null,
      subscription_plan_id: details.plan ?? null,
      is_active: flag(isActive),
      is_suspended: flag(details.isSuspended === true),
      is_admin: flag(flags.includes('admin')),
      is_staff: flag(flags.includes('staff')),
      is_superuser: flag(flags.includes('superuser')),
      created_at: createdAt,
      // Accounts that are closed for long are erased, if the operator has set so: the time counts from the move.
      updated_at: isActive ? (details.updatedAt ?? now) : now,
      last_login_at: details.lastLoginAt,
    },
    {
      notes: [...notes, isFirst ? null : "its e-mail address is an older account's: it is shown, but no link is sent to it"],
      companions: {
        ...companions,
        ...(contractName !== null && {
          contract_names: { contract, name: contractName, name_key: usernameKey(contractName) },
        }),
      },
    },
  )
}

const textIn = (value: Value | undefined): string => (typeof value === 'string' ? textFrom(value) : '')

const optionalTime = (value: Value | undefined): number | null => (value instanceof Date ? value.getTime() : null)

/** The fields of `auth_user`, which all account tables have but facility's without the names. */
export const commonDetails = ({ fields }: StagedRecord): AccountDetails => ({
  email: textIn(fields.email).trim(),
  firstName: textIn(fields.first_name),
  lastName: textIn(fields.last_name),
  lastLoginAt: optionalTime(fields.last_login),
})
