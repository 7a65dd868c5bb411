import { Failure } from '../../domain/failures.ts'
import { addContact } from '../../domain/recovery/contacts.ts'
import { chooseMusic } from '../../domain/recovery/music.ts'
import { createTherapist } from '../../domain/recovery/therapist.ts'
import { changeUserInfo } from '../../domain/recovery/user-info.ts'
import type { Cast } from './people.ts'

/** Whose alarm tells everybody: music, two contacts and a therapist. */
export const WHO_RINGS = 'ross.geller'

const settled = <T>(outcome: T | Failure): void => {
  if (outcome instanceof Failure) throw new Error(`the seed was refused: ${outcome.code}`)
}

export const seedRecovery = async (cast: Cast): Promise<string | null> => {
  const member = cast.get(WHO_RINGS)
  if (!member) return null
  settled(
    await addContact(member, { name: 'Monica Geller', phone: '+12125550123', email: 'monica.geller@example.com', relationship: 'Sister' }),
  )
  settled(
    await addContact(member, { name: 'Chandler Bing', phone: '+12125550124', email: 'chandler.bing@example.com', relationship: 'Friend' }),
  )
  await createTherapist(member, { name: 'Dr. Wright', phone: '+12125550125', email: 'wright@example.com' })
  settled(await chooseMusic(member, 1))
  const facts = { age: 32, location: 'New York', militaryStatus: false, ptsdLevel: 2, scenarioId: 3 }
  settled(await changeUserInfo(member, { accountId: member.actor.account.id, ...facts }))
  return `${WHO_RINGS} has scenario 3, two emergency contacts and a therapist`
}
