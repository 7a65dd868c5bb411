import { and, eq, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { type Account, type RankedAccount, STAFF_FLAGS, type StaffFlag } from '../model/account.ts'
import type { Quota } from '../model/quotas.ts'
import { accountColumns } from './account-row.ts'
import { quotaUse } from './credentials.ts'
import { flagsOfLogin } from './staff-rights.ts'
import { prepared, type Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { credentials } from './tables/credentials.ts'
import { quotaUses } from './tables/quotas.ts'

/**
 * The check of who calls travels with the first statements of the request, in one batch: one round trip instead of two. A
 * batch is one transaction, and an error in one statement undoes all of it. So the check raises an error: for a dead
 * credential, a closed account, another set of flags than was assumed, or a used-up quota nothing is written and nothing is
 * returned. docs/adr/0014-one-round-trip.md has the reasons and the measurements.
 */

/** Why the check failed. `flags`: the account has others than the request assumed. */
export type CallerProblem = 'account-not-found' | 'inactive' | 'revoked' | 'over-quota' | { readonly flags: number }

/** Thrown instead of the statements' results. */
export class CallerCheckError extends Error {
  readonly problem: CallerProblem
  constructor(problem: CallerProblem) {
    super('the caller is not who the request assumed')
    this.problem = problem
  }
}

/** The flags of an account as a number: one bit each, in the order of `STAFF_FLAGS`. */
export const flagBits = (account: RankedAccount): number =>
  STAFF_FLAGS.reduce((bits, flag, index) => bits + (account[flag] ? 1 << index : 0), 0)

/** The account of a caller, as far as a request may assume it. */
export const assumedAccount = (id: number, flags: number): RankedAccount => {
  const has = (flag: StaffFlag): boolean => (flags & (1 << STAFF_FLAGS.indexOf(flag))) !== 0
  return { id, isStaff: has('isStaff'), isAdmin: has('isAdmin'), isSuperuser: has('isSuperuser') }
}

const flags = flagsOfLogin(sql.placeholder('isPasskeyRequired'))

/** SQLite's error about a wrong JSON path contains the path. It is the only error whose text a SELECT can choose. */
const raise = (problem: SQL | string): SQL =>
  sql`json_extract('{}', 'caller:' || ${typeof problem === 'string' ? sql.raw(`'${problem}'`) : problem})`
const RAISED = /caller:(account-not-found|inactive|revoked|over-quota|flags-(\d+))'/

const problemOf = (error: unknown): CallerProblem | null => {
  const [, problem, flags] = RAISED.exec(error instanceof Error ? error.message : '') ?? []
  if (flags !== undefined) return { flags: Number(flags) }
  return problem === 'account-not-found' || problem === 'inactive' || problem === 'revoked' || problem === 'over-quota' ? problem : null
}

const prepareCheck = (hasQuota: boolean) =>
  prepared((orm) => {
    const uses = sql`(SELECT ${quotaUses.uses} FROM ${quotaUses} WHERE ${quotaUses.accountId} = ${accounts.id} AND ${quotaUses.quota} = ${sql.placeholder('quota')})`
    return orm
      .select({
        account: accountColumns,
        lastSeenDay: credentials.lastSeenDay,
        flags: sql<number>`CASE ${sql.join(
          [
            sql`WHEN ${accounts.id} IS NULL THEN ${raise('account-not-found')}`,
            sql`WHEN NOT ${accounts.isActive} THEN ${raise('inactive')}`,
            sql`WHEN ${credentials.id} IS NULL THEN ${raise('revoked')}`,
            ...(hasQuota ? [sql`WHEN ${uses} > ${sql.placeholder('perDay')} THEN ${raise('over-quota')}`] : []),
            sql`WHEN ${flags} <> ${sql.placeholder('flags')} THEN ${raise(sql`'flags-' || (${flags})`)}`,
          ],
          sql` `,
        )} ELSE ${flags} END`
          .mapWith(Number)
          .as('flags'),
      })
      .from(sql`(SELECT 1)`)
      .leftJoin(accounts, eq(accounts.id, sql.placeholder('accountId')))
      .leftJoin(credentials, and(eq(credentials.id, sql.placeholder('credentialId')), eq(credentials.accountId, accounts.id)))
      .prepare()
  })
const check = prepareCheck(false)
const checkWithQuota = prepareCheck(true)

interface Assumed {
  readonly accountId: number
  readonly credentialId: string
  /** Null: whatever flags the account has. A comparison with NULL is never true. */
  readonly flags: number | null
  readonly quota: Quota | null
  readonly day: string
  /** Whether every account of staff needs a passkey. */
  readonly isPasskeyRequired: boolean
}

export interface CheckedCaller {
  /** With the flags that count for this log-in. */
  readonly account: Account
  readonly lastSeenDay: string
}

export interface CallerCheck {
  /** Sends the check along with the first statements. */
  readonly store: Store
  /** Sends the check alone, unless it has passed already. Throws a CallerCheckError if it fails. */
  pass(): Promise<CheckedCaller>
  isPassed(): boolean
}

/** `onPassed` is called once. */
export const createCallerCheck = (
  base: Store,
  { accountId, credentialId, flags, quota, day, isPasskeyRequired }: Assumed,
  onPassed: (caller: CheckedCaller) => void = () => undefined,
): CallerCheck => {
  const { $client: database } = base.orm
  const query = (quota ? checkWithQuota : check)(base)
  const values = {
    accountId,
    credentialId,
    flags,
    quota: quota?.name ?? null,
    perDay: quota?.perDay ?? null,
    day,
    isPasskeyRequired: Number(isPasskeyRequired),
  }
  let underWay: Promise<unknown> | undefined
  let passed: CheckedCaller | undefined
  let failed: CallerCheckError | undefined

  const sendWithCheck = async <T>(statements: readonly D1PreparedStatement[]): Promise<D1Result<T>[]> => {
    const checking = [...(quota ? [quotaUse(base).bind(values)] : []), query.bind(values)]
    const results = await database.batch<T & object>([...checking, ...statements])
    const result = results[checking.length - 1]
    const [row] = result ? query.rowsOf(result) : []
    if (!row?.account || row.lastSeenDay === null) throw new Error('the check of the caller returned no row')
    passed = { account: { ...row.account, ...assumedAccount(accountId, row.flags) }, lastSeenDay: row.lastSeenDay }
    onPassed(passed)
    return results.slice(checking.length)
  }

  const batch = async <T>(statements: readonly D1PreparedStatement[]): Promise<D1Result<T>[]> => {
    // What is sent while the check is under way waits for it, so that a quota is counted once.
    if (underWay && !passed) await underWay.catch(() => undefined)
    if (failed) throw failed
    if (passed) return statements.length === 0 ? [] : database.batch<T>([...statements])
    const sent = sendWithCheck<T>(statements)
    underWay = sent
    try {
      return await sent
    } catch (error) {
      const problem = problemOf(error)
      if (!problem) throw error
      failed = new CallerCheckError(problem)
      throw failed
    }
  }

  /** The statement as it was before `checked`, by its proxy. */
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>()

  const checked = (statement: D1PreparedStatement): D1PreparedStatement => {
    const proxy = new Proxy(statement, {
      get: (target, name) => {
        if (name === 'bind') return (...parameters: unknown[]) => checked(target.bind(...parameters))
        if (passed) return Reflect.get(target, name).bind(target)
        if (name === 'run' || name === 'all') return async () => (await batch([target]))[0]
        if (name === 'raw')
          return async () => (await batch<object>([target])).flatMap(({ results }) => results.map((row) => Object.values(row)))
        throw new Error(`the caller is not checked yet: ${String(name)}`)
      },
    })
    originals.set(proxy, statement)
    return proxy
  }

  const checkedBatch = <T>(statements: D1PreparedStatement[]) =>
    batch<T>(statements.map((statement) => originals.get(statement) ?? statement))

  const checkedDatabase = new Proxy(database, {
    get: (target, name) => {
      if (name === 'prepare') return (text: string) => checked(target.prepare(text))
      if (name === 'batch') return checkedBatch
      throw new Error(`not possible in the store of a caller: ${String(name)}`)
    },
  })

  return {
    store: { orm: drizzle(checkedDatabase), base, check: { batch } },
    pass: async () => {
      await underWay?.catch(() => undefined)
      if (!passed) await batch([])
      if (!passed) throw new Error('the check of the caller has no result')
      return passed
    },
    isPassed: () => passed !== undefined,
  }
}
