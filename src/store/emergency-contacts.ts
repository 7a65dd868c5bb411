import { and, asc, eq, exists, sql } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { NewLink } from '../model/one-time-link.ts'
import type { EmergencyContact, NewContact, NewTherapist, Therapist, TherapistChanges } from '../model/recovery.ts'
import { auditInsert } from './audit.ts'
import { contactAnswer } from './contact-answers.ts'
import type { Store } from './store.ts'
import { oneTimeLinks } from './tables/one-time-links.ts'
import { contactAnswers, emergencyContacts, recoveryProfiles, therapists } from './tables/recovery.ts'

const storedColumns = {
  id: emergencyContacts.id,
  name: emergencyContacts.name,
  phone: emergencyContacts.phone,
  email: emergencyContacts.email,
  relationship: emergencyContacts.relationship,
}

const contactColumns = { ...storedColumns, answer: contactAnswer }

interface AddedContact {
  readonly contact: EmergencyContact
  /** Whether the link was stored, which requires that no invitation was sent to these addresses before. */
  readonly isToBeAsked: boolean
}

/**
 * Null if the person has the maximum already. The INSERT itself counts, so concurrent inserts cannot exceed the maximum. `link`:
 * the invitation's, if there is to be one. It is stored once for an address, however often the contact is entered.
 */
export const insertContact = async (
  store: Store,
  contact: NewContact,
  { max, link, audit }: { max: number; link: NewLink | null; audit: NewAuditEntry },
): Promise<AddedContact | null> => {
  const { orm } = store
  const values = sql`SELECT NULL, ${contact.accountId}, ${contact.name}, ${contact.phone}, ${contact.email}, ${contact.relationship}, ${contact.createdAt}, ${contact.emailDigest}, ${contact.phoneDigest}`
  const count = sql`(SELECT count(*) FROM ${emergencyContacts} WHERE ${emergencyContacts.accountId} = ${contact.accountId})`
  const isBelowMax = sql`${count} < ${max}`
  const [, [created], ...invitation] = await orm.batch([
    auditInsert(orm, audit, isBelowMax),
    orm.insert(emergencyContacts).select(sql`${values} WHERE ${isBelowMax}`).returning(storedColumns),
    ...(link ? invitationInserts(orm, contact, link) : []),
  ])
  const isToBeAsked = invitation.some((rows) => Array.isArray(rows) && rows.length > 0)
  return created ? { contact: { ...created, answer: null }, isToBeAsked } : null
}

/** For the batch that has inserted the contact. The link's subject is the list of the contact's addresses. */
const invitationInserts = (orm: Store['orm'], { accountId, emailDigest, phoneDigest, createdAt }: NewContact, link: NewLink) => {
  const addresses = JSON.stringify([emailDigest, phoneDigest].filter((digest) => digest !== ''))
  const isInserted = sql`EXISTS (SELECT 1 FROM emergency_contacts WHERE account_id = ${accountId} AND email_digest = ${emailDigest} AND phone_digest = ${phoneDigest} AND created_at = ${createdAt})`
  const wasAsked = sql`EXISTS (SELECT 1 FROM contact_answers WHERE account_id = ${accountId} AND address IN (SELECT value FROM json_each(${addresses})))`
  return [
    orm
      .insert(oneTimeLinks)
      .select(
        sql`SELECT ${link.digest}, ${link.purpose}, ${addresses}, ${accountId}, ${link.createdAt}, ${link.expiresAt}, NULL WHERE ${isInserted} AND NOT ${wasAsked}`,
      )
      .returning({ digest: oneTimeLinks.digest }),
    orm
      .insert(contactAnswers)
      .select(
        sql`SELECT ${accountId}, value, 'asked', ${createdAt}, NULL FROM json_each(${addresses}) WHERE EXISTS (SELECT 1 FROM one_time_links WHERE digest = ${link.digest})`,
      ),
  ] as const
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
