import { and, eq } from 'drizzle-orm'
import type { NewAuditEntry } from '../model/audit.ts'
import type { PersonDetails } from '../model/recovery.ts'
import { auditInsertIfAccount } from './audit.ts'
import { chosenTherapistOf, contactsOf } from './emergency-contacts.ts'
import type { Store } from './store.ts'
import { accounts } from './tables/accounts.ts'
import { alarmScenarios, recoveryProfiles } from './tables/recovery.ts'

/** What staff need to know about a person who calls for help, in one batch. Null if there is no such account: then nothing is recorded. */
export const findPersonDetails = async (
  store: Store,
  accountId: number,
  maxContacts: number,
  audit: NewAuditEntry,
): Promise<PersonDetails | null> => {
  const { orm } = store
  const [[person], [therapist], contacts] = await orm.batch([
    orm
      .select({
        username: accounts.username,
        firstName: accounts.firstName,
        lastName: accounts.lastName,
        phone: accounts.phoneNumber,
        location: recoveryProfiles.location,
        scenario: alarmScenarios.name,
      })
      .from(accounts)
      .leftJoin(recoveryProfiles, eq(recoveryProfiles.accountId, accounts.id))
      .leftJoin(alarmScenarios, eq(alarmScenarios.id, recoveryProfiles.scenarioId))
      .where(eq(accounts.id, accountId)),
    chosenTherapistOf(orm, accountId),
    contactsOf(orm, accountId, maxContacts),
    auditInsertIfAccount(orm, audit, eq(accounts.id, accountId)),
  ])
  return person ? { ...person, location: person.location ?? '', therapist: therapist ?? null, contacts } : null
}

/** Null if there is no such account, or if it cannot be used. */
export const findReachablePerson = async (
  store: Store,
  accountId: number,
): Promise<{ readonly username: string; readonly email: string } | null> => {
  const [person] = await store.orm
    .select({ username: accounts.username, email: accounts.email })
    .from(accounts)
    .where(and(eq(accounts.id, accountId), eq(accounts.isActive, true)))
  return person ?? null
}
