import { actAs, type MemberContext, type OperatorContext } from '../../domain/access.ts'
import { setFlags } from '../../domain/accounts/operator-actions.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { register } from '../../domain/accounts/register.ts'
import { changePracticeProfile } from '../../domain/profiles/practice.ts'
import { EMPTY_FACILITY_PROFILE } from '../../model/facility.ts'
import { Failure } from '../../model/result.ts'

export const PASSWORD = 'password123'

interface SeedPerson {
  readonly username: string
  readonly firstName: string
  readonly lastName: string
  readonly bio: string
  readonly location: string
  readonly flags?: { readonly isAdmin: true; readonly isStaff: true; readonly isSuperuser: true }
}

const PEOPLE: readonly SeedPerson[] = [
  { username: 'rachel.green', firstName: 'Rachel', lastName: 'Green', bio: 'Coffee first.', location: 'New York' },
  { username: 'ross.geller', firstName: 'Ross', lastName: 'Geller', bio: 'Palaeontologist.', location: 'New York' },
  { username: 'monica.geller', firstName: 'Monica', lastName: 'Geller', bio: 'Cooks for everybody.', location: 'New York' },
  { username: 'chandler.bing', firstName: 'Chandler', lastName: 'Bing', bio: 'Something with numbers.', location: 'New York' },
  { username: 'phoebe.buffay', firstName: 'Phoebe', lastName: 'Buffay', bio: 'Sings.', location: 'New York' },
  { username: 'joey.tribbiani', firstName: 'Joey', lastName: 'Tribbiani', bio: 'Acts, and eats.', location: 'New York' },
  {
    username: 'admin',
    firstName: 'Ada',
    lastName: 'Admin',
    bio: '',
    location: '',
    flags: { isAdmin: true, isStaff: true, isSuperuser: true },
  },
]

/** The accounts that this run created, by username. The seeds of each contract act as these members. */
export type SeedMembers = ReadonlyMap<string, MemberContext>

/** Returns null if the username is taken. The existing account is not changed. */
const createPerson = async (
  context: OperatorContext,
  { username, firstName, lastName, bio, location, flags }: SeedPerson,
): Promise<MemberContext | null> => {
  if (!isAcceptable(PASSWORD, 'basic')) throw new Error('the seed password does not pass the basic password rules')
  const registered = await register(context, {
    username,
    password: PASSWORD,
    email: `${username}@example.com`,
    firstName,
    lastName,
    facility: { ...EMPTY_FACILITY_PROFILE, displayName: firstName, facilityId: '234' },
    meetups: { dateOfBirth: null, bio },
  })
  if (registered instanceof Failure) return null
  if (flags) await setFlags(context, username, flags)
  const member = actAs(context, registered)
  await changePracticeProfile(member, { ref: registered.id, bio, location })
  return member
}

/** Reports each account as soon as it exists: hashing its password takes a while. */
export const seedPeople = async (context: OperatorContext, report: (line: string) => void): Promise<SeedMembers> => {
  const members = new Map<string, MemberContext>()
  for (const person of PEOPLE) {
    const member = await createPerson(context, person)
    if (member) members.set(person.username, member)
    const flags = person.flags ? ' (admin, staff, superuser)' : ''
    report(member ? `${person.username} / ${PASSWORD}${flags}` : `${person.username} exists already`)
  }
  return members
}
