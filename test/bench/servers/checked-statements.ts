import type { Quota } from '../../../src/model/quotas.ts'
import { createCallerCheck } from '../../../src/store/caller-check.ts'
import type { Store } from '../../../src/store/store.ts'
import { type Bearer, type Claimed, numberOrNull, text, textOrNull } from './baseline-request.ts'
import { statementsOf } from './recorded-statements.ts'

export const accountOf = (row: readonly unknown[]): Bearer => ({
  id: Number(row[0]),
  objectId: text(row[1]),
  username: text(row[2]),
  email: text(row[3]),
  phoneNumber: textOrNull(row[4]),
  firstName: text(row[5]),
  lastName: text(row[6]),
  profilePicture: textOrNull(row[7]),
  subscriptionPlanId: numberOrNull(row[8]),
  isActive: row[9] === 1,
  isSuspended: row[10] === 1,
  isAdmin: row[11] === 1,
  isStaff: row[12] === 1,
  isSuperuser: row[13] === 1,
  createdAt: Number(row[14]),
  updatedAt: Number(row[15]),
  lastLoginAt: numberOrNull(row[16]),
})

/** Marker values that occur nowhere else in a statement. They identify the parameters of the recorded statements. */
export const ACCOUNT_MARKER = 900_001
const CHECK_MARKERS = { accountId: ACCOUNT_MARKER, credentialId: 'a credential', day: 'a day of use' }

type Values = Readonly<Record<string, number | string | null>>

/** The statements of a store function together with those that check the caller, in one batch. */
export const checkedStatementsOf = <V extends Values>(
  markers: V,
  call: (store: Store, accountId: number, markers: V) => Promise<unknown>,
  quota: Quota | null = null,
) => {
  const send = statementsOf<Values>({ ...markers, ...CHECK_MARKERS }, async (base) => {
    const check = createCallerCheck(base, { ...CHECK_MARKERS, flags: 0, quota, isPasskeyRequired: false })
    await call(check.store, ACCOUNT_MARKER, markers)
    await check.pass()
  })
  return async (database: D1Database, caller: Claimed, values: { readonly [K in keyof V]: V[K] | null }) => {
    const results = await send(database, { ...values, ...caller, day: new Date().toISOString().slice(0, 10) })
    const [[row = []] = [], ...others] = quota ? results.slice(1) : results
    return { bearer: accountOf(row), results: others }
  }
}
