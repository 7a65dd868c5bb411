import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { isoDay } from '../../src/model/time.ts'
import { type CallerCheck, CallerCheckError, createCallerCheck, flagBits } from '../../src/store/caller-check.ts'
import { createStore, prepared, preparedBatch } from '../../src/store/store.ts'
import { accounts } from '../../src/store/tables/accounts.ts'
import { countingDatabase } from '../support/counting-database.ts'
import { type Person, person, personWith } from '../support/people.ts'

const credentialIdOf = async ({ id }: Person): Promise<string> =>
  String(await env.DB.prepare('SELECT id FROM credentials WHERE account_id = ?').bind(id).first('id'))

const QUOTA = { name: 'tests', perDay: 3 } as const

const checkOf = async (someone: Person, { flags = 0, quota = false }: { flags?: number | null; quota?: boolean } = {}) => {
  const { database, counts } = countingDatabase(env.DB)
  const ids = { accountId: someone.id, credentialId: await credentialIdOf(someone) }
  const check = createCallerCheck(createStore(database), {
    ...ids,
    flags,
    quota: quota ? QUOTA : null,
    day: isoDay(Date.now()),
    isPasskeyRequired: false,
  })
  return { check, counts }
}

const firstNameById = prepared((orm) =>
  orm
    .select({ firstName: accounts.firstName })
    .from(accounts)
    .where(eq(accounts.id, sql.placeholder('id')))
    .prepare(),
)
const namesById = preparedBatch((orm) => [
  orm
    .select({ firstName: accounts.firstName })
    .from(accounts)
    .where(eq(accounts.id, sql.placeholder('id'))),
])

const rename = ({ store }: CallerCheck, { id }: Person, firstName: string) =>
  store.orm.update(accounts).set({ firstName }).where(eq(accounts.id, id)).returning({ firstName: accounts.firstName })

const storedName = async ({ id }: Person) => env.DB.prepare('SELECT first_name FROM accounts WHERE id = ?').bind(id).first('first_name')
const uses = async ({ id }: Person) => env.DB.prepare('SELECT uses FROM quota_uses WHERE account_id = ?').bind(id).first('uses')

const WAYS: [string, (check: CallerCheck, someone: Person) => Promise<unknown>][] = [
  ['a query', (check, someone) => rename(check, someone, 'Changed')],
  ['a batch', (check, someone) => check.store.orm.batch([rename(check, someone, 'Changed')])],
  [
    'a query without rows',
    ({ store }, { id }) => store.orm.update(accounts).set({ firstName: 'Changed' }).where(eq(accounts.id, id)).run(),
  ],
  ['a raw statement', ({ store }, { id }) => store.orm.run(sql`UPDATE accounts SET first_name = 'Changed' WHERE id = ${id}`)],
]

describe.each(WAYS)('%s', (_way, write) => {
  test('travels with the check in one round trip, and the next one travels alone', async () => {
    const someone = await person()
    const { check, counts } = await checkOf(someone)
    await write(check, someone)
    expect(counts).toEqual({ roundTrips: 1, statements: 2 })
    expect(check.isPassed()).toBe(true)
    expect((await check.pass()).account).toMatchObject({ id: someone.id, username: someone.username, isActive: true })
    await write(check, someone)
    expect(counts).toEqual({ roundTrips: 2, statements: 3 })
    expect(await storedName(someone)).toBe('Changed')
  })

  test.each([
    ['revoked', 'DELETE FROM credentials WHERE account_id = ?'],
    ['inactive', 'UPDATE accounts SET is_active = 0 WHERE id = ?'],
    ['account-not-found', 'DELETE FROM accounts WHERE id = ?'],
    [{ flags: 2 }, 'UPDATE accounts SET is_admin = 1 WHERE id = ?'],
  ])('is not executed if the check finds %j', async (problem, statement) => {
    const someone = await person()
    const { check, counts } = await checkOf(someone)
    await env.DB.prepare(statement).bind(someone.id).run()
    const before = await storedName(someone)
    await expect(write(check, someone)).rejects.toSatisfy((error) => causeOf(error) instanceof CallerCheckError)
    await expect(check.pass()).rejects.toMatchObject({ problem })
    // A verb that catches the error and goes on gets no further.
    await expect(write(check, someone)).rejects.toThrow()
    expect(await storedName(someone)).toBe(before)
    expect(counts.roundTrips).toBe(1)
  })
})

const causeOf = (error: unknown): unknown => (error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error)

test('prepared queries keep their columns, and later run without the check', async () => {
  const someone = await person()
  const { check, counts } = await checkOf(someone)
  expect(await firstNameById(check.store).get({ id: someone.id })).toEqual({ firstName: '' })
  expect(await namesById(check.store, { id: someone.id })).toEqual([[{ first_name: '' }]])
  expect(counts).toEqual({ roundTrips: 2, statements: 3 })
})

test('an error of a statement is not taken for one of the check, which is sent again', async () => {
  const [someone, other] = [await person(), await person()]
  const { check } = await checkOf(someone)
  const takeName = () =>
    check.store.orm.update(accounts).set({ usernameKey: other.username.toLowerCase() }).where(eq(accounts.id, someone.id))
  await expect(takeName()).rejects.toSatisfy((error) => String(causeOf(error)).includes('UNIQUE constraint failed'))
  expect(check.isPassed()).toBe(false)
  await env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(someone.id).run()
  await expect(check.pass()).rejects.toMatchObject({ problem: 'revoked' })
})

test('two first statements at once send the check once, and count a quota once', async () => {
  const someone = await person()
  const { check, counts } = await checkOf(someone, { quota: true })
  await Promise.all([rename(check, someone, 'One'), rename(check, someone, 'Two')])
  expect(counts).toEqual({ roundTrips: 2, statements: 4 })
  expect(await uses(someone)).toBe(1)
})

test('of ten requests at once, as many write as the quota allows', async () => {
  const someone = await person()
  const checks = await Promise.all(Array.from({ length: 10 }, () => checkOf(someone, { quota: true })))
  const results = await Promise.allSettled(checks.map(({ check }) => rename(check, someone, 'Changed')))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(QUOTA.perDay)
  const problems = results.flatMap((result) => (result.status === 'rejected' ? [causeOf(result.reason)] : []))
  expect(problems.every((problem) => problem instanceof CallerCheckError && problem.problem === 'over-quota')).toBe(true)
})

test('a log-out that races with writes: what is sent after it writes nothing', async () => {
  const someone = await person()
  const names = Array.from({ length: 20 }, (_, index) => `name ${index}`)
  const checks = await Promise.all(names.map(async (name) => ({ name, check: (await checkOf(someone)).check })))
  const write = ({ check, name }: { readonly check: CallerCheck; readonly name: string }) =>
    rename(check, someone, name).then(
      () => name,
      () => null,
    )
  const racing = checks.slice(0, 10).map(write)
  await env.DB.prepare('DELETE FROM credentials WHERE account_id = ?').bind(someone.id).run()
  const [before, after] = await Promise.all([Promise.all(racing), Promise.all(checks.slice(10).map(write))])
  expect(after).toEqual(after.map(() => null))
  expect(await storedName(someone)).toBe(before.findLast((name) => name !== null) ?? '')
})

test('any flags are accepted if none are assumed, and the account has them', async () => {
  const admin = await personWith('is_admin', 'is_superuser')
  const { check } = await checkOf(admin, { flags: null })
  const { account } = await check.pass()
  expect(flagBits(account)).toBe(6)
  await expect((await checkOf(admin, { flags: 6 })).check.pass()).resolves.toBeDefined()
  await expect((await checkOf(admin, { flags: 2 })).check.pass()).rejects.toMatchObject({ problem: { flags: 6 } })
})

test('what the check could not accompany is refused', async () => {
  const { check } = await checkOf(await person())
  const database = check.store.orm.$client
  expect(() => database.exec('DELETE FROM accounts')).toThrow('not possible')
  expect(() => database.prepare('SELECT 1').first()).toThrow('not checked yet')
})
