import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { STAFF_FLAGS } from '../model/account.ts'
import { accounts } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'

const flagBits = sql.join(
  STAFF_FLAGS.map((flag, index) => sql`${accounts[flag]} * ${sql.raw(String(1 << index))}`),
  sql` + `,
)

/**
 * The flags of a row of `accounts` that count for a row of `credentials`, as a number: one bit each, in the order of `STAFF_FLAGS`.
 * None count for a log-in that still has to be confirmed with a passkey: where all staff need one, or where the account has one.
 * The passkeys of an account without flags are not looked for.
 */
export const flagsOfLogin = (isPasskeyRequired: boolean | Placeholder): SQL<number> => {
  const hasPasskey = sql`EXISTS (SELECT 1 FROM passkeys WHERE passkeys.account_id = ${accounts.id})`
  const isUnconfirmed = sql`${credentials.passkeyId} IS NULL AND (${isPasskeyRequired} OR ${hasPasskey})`
  return sql`CASE WHEN (${flagBits}) = 0 THEN 0 WHEN ${isUnconfirmed} THEN 0 ELSE ${flagBits} END`
}
