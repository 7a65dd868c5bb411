import { and, asc, eq, sql } from 'drizzle-orm'
import type { Store } from './store.ts'
import { emergencyContacts, recoveryProfiles, therapists } from './tables/recovery.ts'

const contactColumns = {
  id: emergencyContacts.id,
  name: emergencyContacts.name,
  phone: emergencyContacts.phone,
  email: emergencyContacts.email,
  relationship: emergencyContacts.relationship,
}

export type EmergencyContact = Pick<typeof emergencyContacts.$inferSelect, 'id' | 'name' | 'phone' | 'email' | 'relationship'>

export interface NewContact {
  readonly accountId: number
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly relationship: string
  readonly createdAt: number
}

/** Null where the person has as many as they may: of several that are added at once, the statement counts them one by one. */
export const insertContact = async (store: Store, contact: NewContact, atMost: number): Promise<EmergencyContact | null> => {
  const values = sql`SELECT NULL, ${contact.accountId}, ${contact.name}, ${contact.phone}, ${contact.email}, ${contact.relationship}, ${contact.createdAt}`
  const had = sql`(SELECT count(*) FROM ${emergencyContacts} WHERE ${emergencyContacts.accountId} = ${contact.accountId})`
  const [made] = await store.orm.insert(emergencyContacts).select(sql`${values} WHERE ${had} < ${atMost}`).returning(contactColumns)
  return made ?? null
}

export const contactsOf = (orm: Store['orm'], accountId: number, limit: number) =>
  orm
    .select(contactColumns)
    .from(emergencyContacts)
    .where(eq(emergencyContacts.accountId, accountId))
    .orderBy(asc(emergencyContacts.id))
    .limit(limit)

export const findContacts = (store: Store, accountId: number, limit: number): Promise<EmergencyContact[]> =>
  contactsOf(store.orm, accountId, limit)

export const deleteContact = async (store: Store, accountId: number, id: number): Promise<boolean> => {
  const gone = await store.orm
    .delete(emergencyContacts)
    .where(and(eq(emergencyContacts.id, id), eq(emergencyContacts.accountId, accountId)))
    .returning({ id: emergencyContacts.id })
  return gone.length > 0
}

export const therapistColumns = { id: therapists.id, name: therapists.name, phone: therapists.phone, email: therapists.email }

export type Therapist = Pick<typeof therapists.$inferSelect, 'id' | 'name' | 'phone' | 'email'>

export interface NewTherapist {
  readonly accountId: number
  readonly name: string
  readonly phone: string
  readonly email: string
  readonly createdAt: number
}

/** Adds a therapist and makes them the one; of those that went before, the newest few are kept to choose from. */
export const insertTherapist = async (store: Store, therapist: NewTherapist, kept: number): Promise<Therapist> => {
  const { orm } = store
  const { accountId } = therapist
  const theirs = eq(therapists.accountId, accountId)
  const newest = sql<number>`(SELECT max(id) FROM ${therapists} WHERE ${theirs})`
  const [[made]] = await orm.batch([
    orm.insert(therapists).values(therapist).returning(therapistColumns),
    orm
      .insert(recoveryProfiles)
      .values({ accountId, therapistId: newest })
      .onConflictDoUpdate({ target: recoveryProfiles.accountId, set: { therapistId: newest } }),
    orm
      .delete(therapists)
      .where(and(theirs, sql`${therapists.id} NOT IN (SELECT id FROM ${therapists} WHERE ${theirs} ORDER BY id DESC LIMIT ${kept})`)),
  ])
  if (!made) throw new Error('an insert without a condition returned no row')
  return made
}

export interface TherapistChanges {
  readonly name?: string | undefined
  readonly phone?: string | undefined
  readonly email?: string | undefined
}

/** Changes the therapist whom the person has chosen; null where that is nobody. */
export const updateTherapist = async (store: Store, accountId: number, changes: TherapistChanges): Promise<Therapist | null> => {
  const { orm } = store
  const chosen = and(
    eq(therapists.accountId, accountId),
    eq(therapists.id, sql`(SELECT therapist_id FROM ${recoveryProfiles} WHERE ${recoveryProfiles.accountId} = ${accountId})`),
  )
  const nothing = Object.values(changes).every((value) => value === undefined)
  const [row] = nothing
    ? await orm.select(therapistColumns).from(therapists).where(chosen)
    : await orm.update(therapists).set(changes).where(chosen).returning(therapistColumns)
  return row ?? null
}
