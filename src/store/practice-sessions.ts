import { and, desc, eq, sql } from 'drizzle-orm'
import type { PracticeCursor, PracticeSession, PracticeSessionChanges, PracticeSessionFields } from '../model/practice.ts'
import { prepared, type Store } from './store.ts'
import { practiceSessions } from './tables/practice.ts'

const columns = {
  id: practiceSessions.id,
  name: practiceSessions.name,
  date: practiceSessions.date,
  duration: practiceSessions.duration,
}
export const insertPracticeSession = async (
  store: Store,
  entry: PracticeSessionFields & { accountId: number; createdAt: number },
): Promise<PracticeSession> => {
  const [created] = await store.orm.insert(practiceSessions).values(entry).returning(columns)
  if (!created) throw new Error('an insert without a condition returned no row')
  return created
}
const page = prepared((orm) =>
  orm
    .select(columns)
    .from(practiceSessions)
    .where(
      and(
        eq(practiceSessions.accountId, sql.placeholder('accountId')),
        sql`(${practiceSessions.date}, ${practiceSessions.id}) < (${sql.placeholder('date')}, ${sql.placeholder('id')})`,
      ),
    )
    .orderBy(desc(practiceSessions.date), desc(practiceSessions.id))
    .limit(sql.placeholder('limit'))
    .prepare(),
)

const START: PracticeCursor = { date: '9999-99-99', id: 0 }

export const findPracticeSessions = (
  store: Store,
  accountId: number,
  after: PracticeCursor | null,
  limit: number,
): Promise<PracticeSession[]> => page(store).all({ accountId, ...(after ?? START), limit })

const ownSession = (accountId: number, id: number) => and(eq(practiceSessions.id, id), eq(practiceSessions.accountId, accountId))

export const findPracticeSession = async (store: Store, accountId: number, id: number): Promise<PracticeSession | null> => {
  const [row] = await store.orm.select(columns).from(practiceSessions).where(ownSession(accountId, id))
  return row ?? null
}

/** Null if the account has no such session. */
export const updatePracticeSession = async (
  store: Store,
  accountId: number,
  id: number,
  changes: PracticeSessionChanges,
): Promise<PracticeSession | null> => {
  if (Object.values(changes).every((value) => value === undefined)) return findPracticeSession(store, accountId, id)
  const [row] = await store.orm.update(practiceSessions).set(changes).where(ownSession(accountId, id)).returning(columns)
  return row ?? null
}

export const deletePracticeSession = async (store: Store, accountId: number, id: number): Promise<boolean> => {
  const deleted = await store.orm.delete(practiceSessions).where(ownSession(accountId, id)).returning({ id: practiceSessions.id })
  return deleted.length > 0
}
