import { desc, eq, gt, lt, sql } from 'drizzle-orm'
import { accounts, credentials } from './schema.ts'
import type { Store } from './store.ts'
import { sitters, socketClosings } from './tables/support.ts'

/** What became of a credential that somebody sits by. */
export interface AccessRights {
  readonly credentialId: string
  readonly isActive: boolean
  readonly isStaff: boolean
}

/** Those of the credentials that are still there, however many are asked for: one statement. */
export const findAccessRights = (store: Store, credentialIds: readonly string[]): Promise<AccessRights[]> =>
  store.orm
    .select({
      credentialId: credentials.id,
      isActive: accounts.isActive,
      isStaff: sql<boolean>`(${accounts.isAdmin} OR ${accounts.isStaff} OR ${accounts.isSuperuser})`.mapWith(Boolean),
    })
    .from(credentials)
    .innerJoin(accounts, eq(accounts.id, credentials.accountId))
    .where(sql`${credentials.id} IN (SELECT value FROM json_each(${JSON.stringify(credentialIds)}))`)

/**
 * Writes down that an account sits somewhere, before it does. Whoever revokes one of its credentials from now on finds it
 * here and tells the sockets; whoever did so before is found out by the socket itself, which asks once it is open.
 */
export const recordSocketUser = async (store: Store, accountId: number): Promise<void> => {
  await seat(store.orm, accountId)
}

const seat = (orm: Store['orm'], accountId: number) => orm.insert(sitters).values({ accountId }).onConflictDoNothing()

/** The same, with who it is whose room the account comes into; null where that is nobody. */
export const recordSocketUserAndFindPerson = async (
  store: Store,
  accountId: number,
  personId: number,
): Promise<{ readonly username: string } | null> => {
  const { orm } = store
  const [, [person]] = await orm.batch([
    seat(orm, accountId),
    orm.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, personId)),
  ])
  return person ?? null
}

export interface Closing {
  readonly id: number
  readonly accountId: number
}

export const findClosings = (store: Store, after: number, limit: number): Promise<Closing[]> =>
  store.orm
    .select({ id: socketClosings.id, accountId: socketClosings.accountId })
    .from(socketClosings)
    .where(gt(socketClosings.id, after))
    .orderBy(socketClosings.id)
    .limit(limit)

/** The last one before a moment. */
export const newestClosing = async (store: Store, before: number): Promise<number> => {
  const [row] = await store.orm
    .select({ id: socketClosings.id })
    .from(socketClosings)
    .where(lt(socketClosings.at, before))
    .orderBy(desc(socketClosings.at), desc(socketClosings.id))
    .limit(1)
  return row?.id ?? 0
}

export const sweepClosings = async (store: Store, before: number): Promise<number> =>
  (await store.orm.delete(socketClosings).where(lt(socketClosings.at, before))).meta.changes
