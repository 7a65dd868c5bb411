import { and, asc, eq, exists, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { EmergencyContact, NewContact, NewTherapist, Therapist, TherapistChanges } from '../model/recovery.ts'
import { auditInsert } from './audit.ts'
import type { Store } from './store.ts'
import { emergencyContacts, recoveryProfiles, therapists } from './tables/recovery.ts'

const contactColumns = {
  id: emergencyContacts.id,
  name: emergencyContacts.name,
  phone: emergencyContacts.phone,
  email: emergencyContacts.email,
  relationship: emergencyContacts.relationship,
}
/** Null if the person has the maximum already. The INSERT itself counts, so concurrent inserts cannot exceed the maximum. */
export const insertContact = async (
  store: Store,
  contact: NewContact,
  max: number,
  audit: NewAuditEntry,
): Promise<EmergencyContact | null> => {
  const { orm } = store
  const values = sql`SELECT NULL, ${contact.accountId}, ${contact.name}, ${contact.phone}, ${contact.email}, ${contact.relationship}, ${contact.createdAt}`
  const count = sql`(SELECT count(*) FROM ${emergencyContacts} WHERE ${emergencyContacts.accountId} = ${contact.accountId})`
  const [, [created]] = await orm.batch([
    auditInsert(orm, audit, sql`${count} < ${max}`),
    orm.insert(emergencyContacts).select(sql`${values} WHERE ${count} < ${max}`).returning(contactColumns),
  ])
  return created ?? null
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

export const deleteContact = async (store: Store, accountId: number, id: number, audit: NewAuditEntry): Promise<boolean> => {
  const { orm } = store
  const isOwn = and(eq(emergencyContacts.id, id), eq(emergencyContacts.accountId, accountId))
  const found = orm.select({ id: emergencyContacts.id }).from(emergencyContacts).where(isOwn)
  const [, deleted] = await orm.batch([
    auditInsert(orm, audit, exists(found)),
    orm.delete(emergencyContacts).where(isOwn).returning({ id: emergencyContacts.id }),
  ])
  return deleted.length > 0
}

const therapistColumns = { id: therapists.id, name: therapists.name, phone: therapists.phone, email: therapists.email }
/** Adds a therapist and selects them in the profile. Of the earlier ones, only the newest few stay stored. */
export const insertTherapist = async (
  store: Store,
  therapist: NewTherapist,
  maxStored: number,
  audit: NewAuditEntry,
): Promise<Therapist> => {
  const { orm } = store
  const { accountId } = therapist
  const ofAccount = eq(therapists.accountId, accountId)
  const newest = sql<number>`(SELECT max(id) FROM ${therapists} WHERE ${ofAccount})`
  const [[created]] = await orm.batch([
    orm.insert(therapists).values(therapist).returning(therapistColumns),
    orm
      .insert(recoveryProfiles)
      .values({ accountId, therapistId: newest })
      .onConflictDoUpdate({ target: recoveryProfiles.accountId, set: { therapistId: newest } }),
    orm
      .delete(therapists)
      .where(
        and(ofAccount, sql`${therapists.id} NOT IN (SELECT id FROM ${therapists} WHERE ${ofAccount} ORDER BY id DESC LIMIT ${maxStored})`),
      ),
    auditInsert(orm, audit),
  ])
  if (!created) throw new Error('an insert without a condition returned no row')
  return created
}
/** Changes the therapist that the person has selected; null if none is selected. */
export const updateTherapist = async (
  store: Store,
  accountId: number,
  changes: TherapistChanges,
  audit: NewAuditEntry,
): Promise<Therapist | null> => {
  const { orm } = store
  const isSelected = and(
    eq(therapists.accountId, accountId),
    eq(therapists.id, sql`(SELECT therapist_id FROM ${recoveryProfiles} WHERE ${recoveryProfiles.accountId} = ${accountId})`),
  )
  const isEmpty = Object.values(changes).every((value) => value === undefined)
  const selected = orm.select(therapistColumns).from(therapists).where(isSelected)
  if (isEmpty) return (await selected)[0] ?? null
  const [, [row]] = await orm.batch([
    auditInsert(orm, audit, exists(selected)),
    orm.update(therapists).set(changes).where(isSelected).returning(therapistColumns),
  ])
  return row ?? null
}

/** The therapist whom the person has chosen: the one whom alarms notify. */
export const chosenTherapistOf = (orm: Store['orm'], accountId: number) =>
  orm
    .select(therapistColumns)
    .from(recoveryProfiles)
    .innerJoin(therapists, and(eq(therapists.id, recoveryProfiles.therapistId), eq(therapists.accountId, accountId)))
    .where(eq(recoveryProfiles.accountId, accountId))
