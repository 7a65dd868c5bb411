import { setFlags } from '../../domain/accounts/operate.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { register } from '../../domain/accounts/register.ts'
import type { Account, Context, MemberContext } from '../../domain/context.ts'
import { Failure } from '../../domain/failures.ts'
import { changePracticeProfile } from '../../domain/profiles/practice.ts'

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

/** What the seeds of each contract do things as: the people that were made just now, by username. */
export type Cast = ReadonlyMap<string, MemberContext>

export const as = (context: Context, account: Account): MemberContext => ({
  ...context,
  actor: { account, credential: { id: '', type: 'token', expiresAt: 0 } },
})

/** Null where the name is taken: whoever is there already stays as they are. */
const makePerson = async (
  context: Context,
  { username, firstName, lastName, bio, location, flags }: SeedPerson,
): Promise<MemberContext | null> => {
  if (!isAcceptable(PASSWORD, 'basic')) throw new Error('the seed password breaks the basic rules')
  const made = await register(context, {
    username,
    password: PASSWORD,
    email: `${username}@example.com`,
    firstName,
    lastName,
    facility: { displayName: firstName, facilityId: '234', consent: false },
    meetups: { dateOfBirth: null, bio },
  })
  if (made instanceof Failure) return null
  if (flags) await setFlags(context, username, flags)
  const member = as(context, made.account)
  await changePracticeProfile(member, { accountId: made.account.id, bio, location })
  return member
}

export const seedPeople = async (context: Context): Promise<{ readonly cast: Cast; readonly told: string[] }> => {
  const cast = new Map<string, MemberContext>()
  const told: string[] = []
  for (const person of PEOPLE) {
    const member = await makePerson(context, person)
    if (member) cast.set(person.username, member)
    const can = person.flags ? ' (admin, staff, superuser)' : ''
    told.push(member ? `${person.username} / ${PASSWORD}${can}` : `${person.username} was there already`)
  }
  return { cast, told }
}
