import { and, desc, eq, sql } from 'drizzle-orm'
import { practiceSessions } from './schema.ts'
import { prepared, type Store } from './store.ts'

const columns = {
  id: practiceSessions.id,
  name: practiceSessions.name,
  date: practiceSessions.date,
  duration: practiceSessions.duration,
}

export type PracticeSession = Pick<typeof practiceSessions.$inferSelect, 'id' | 'name' | 'date' | 'duration'>

export type PracticeEntry = Pick<PracticeSession, 'name' | 'date' | 'duration'>

export type PracticeCorrection = { readonly [K in keyof PracticeEntry]?: PracticeEntry[K] | undefined }

export const insertPracticeSession = async (
  store: Store,
  entry: PracticeEntry & { accountId: number; createdAt: number },
): Promise<PracticeSession> => {
  const [made] = await store.orm.insert(practiceSessions).values(entry).returning(columns)
  if (!made) throw new Error('an insert without a condition returned no row')
  return made
}

/** Where a page begins: after this session, in the order of the list. */
export interface PracticeCursor {
  readonly date: string
  readonly id: number
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

const BEFORE_ALL: PracticeCursor = { date: '9999-99-99', id: 0 }

export const findPracticeSessions = (
  store: Store,
  accountId: number,
  after: PracticeCursor | null,
  limit: number,
): Promise<PracticeSession[]> => page(store).all({ accountId, ...(after ?? BEFORE_ALL), limit })

const mine = (accountId: number, id: number) => and(eq(practiceSessions.id, id), eq(practiceSessions.accountId, accountId))

export const findPracticeSession = async (store: Store, accountId: number, id: number): Promise<PracticeSession | null> => {
  const [row] = await store.orm.select(columns).from(practiceSessions).where(mine(accountId, id))
  return row ?? null
}

/** Null where there is no such session of this person. */
export const updatePracticeSession = async (
  store: Store,
  accountId: number,
  id: number,
  changes: PracticeCorrection,
): Promise<PracticeSession | null> => {
  if (Object.values(changes).every((value) => value === undefined)) return findPracticeSession(store, accountId, id)
  const [row] = await store.orm.update(practiceSessions).set(changes).where(mine(accountId, id)).returning(columns)
  return row ?? null
}

export const deletePracticeSession = async (store: Store, accountId: number, id: number): Promise<boolean> => {
  const gone = await store.orm.delete(practiceSessions).where(mine(accountId, id)).returning({ id: practiceSessions.id })
  return gone.length > 0
}
