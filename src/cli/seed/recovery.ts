import { addContact } from '../../domain/contacts/contacts.ts'
import { changeUserInfo, chooseMusic, createTherapist } from '../../domain/recovery.ts'
import { Failure } from '../../model/result.ts'
import type { SeedMembers } from './people.ts'

/** The account whose alarm has all recipients: two emergency contacts and a therapist. */
export const ALARM_USERNAME = 'ross.geller'

const assertSuccess = <T>(outcome: T | Failure): void => {
  if (outcome instanceof Failure) throw new Error(`seeding failed: ${outcome.code}`)
}

export const seedRecovery = async (members: SeedMembers): Promise<string | null> => {
  const member = members.get(ALARM_USERNAME)
  if (!member) return null
  assertSuccess(
    await addContact(member, { name: 'Monica Geller', phone: '+12125550123', email: 'monica.geller@example.com', relationship: 'Sister' }),
  )
  assertSuccess(
    await addContact(member, { name: 'Chandler Bing', phone: '+12125550124', email: 'chandler.bing@example.com', relationship: 'Friend' }),
  )
  await createTherapist(member, { name: 'Dr. Wright', phone: '+12125550125', email: 'wright@example.com' })
  assertSuccess(await chooseMusic(member, 1))
  const userInfo = { age: 32, location: 'New York', militaryStatus: false, ptsdLevel: 2, scenarioId: 3 }
  assertSuccess(await changeUserInfo(member, { accountId: member.actor.account.id, ...userInfo }))
  return `${ALARM_USERNAME} has scenario 3, two emergency contacts and a therapist`
}
