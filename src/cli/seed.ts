import { join } from 'node:path'
import { setFlags } from '../domain/accounts/operate.ts'
import { isAcceptable } from '../domain/accounts/password-rules.ts'
import { register } from '../domain/accounts/register.ts'
import type { Account, Ctx } from '../domain/context.ts'
import { recordSession } from '../domain/practice/record-session.ts'
import { changePracticeProfile } from '../domain/profiles/practice.ts'
import { Refusal } from '../domain/refusals.ts'
import { openPlatform } from './platform.ts'
import { ensureDevSecret } from './secret.ts'
import { optionIn, stateFrom } from './state.ts'
import { root, wrangler } from './wrangler.ts'

/** `npm run seed`: people and things to look around in, in the local database. What is there already stays as it is. */

const PASSWORD = 'password123'
const DAY = 24 * 60 * 60 * 1000

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
  {
    username: 'admin',
    firstName: 'Ada',
    lastName: 'Admin',
    bio: '',
    location: '',
    flags: { isAdmin: true, isStaff: true, isSuperuser: true },
  },
]

const PRACTICES = ['Morning sit', 'Body scan', 'Walking', 'Breathing', 'Evening sit']

/** The account and whether it was made just now; null where somebody else has the name's e-mail address. */
const makePerson = async (ctx: Ctx, { username, firstName, lastName, flags }: SeedPerson): Promise<Account | null> => {
  if (!isAcceptable(PASSWORD, 'basic')) throw new Error('the seed password breaks the basic rules')
  const made = await register(ctx, {
    username,
    password: PASSWORD,
    email: `${username}@example.com`,
    firstName,
    lastName,
    facility: { displayName: firstName, facilityId: '234', consent: false },
    meetups: { dateOfBirth: null, bio: `${firstName} is in for anything.` },
  })
  if (made instanceof Refusal) return null
  if (flags) await setFlags(ctx, username, flags)
  return made.account
}

const practise = async (ctx: Ctx, account: Account): Promise<number> => {
  const member = { ...ctx, actor: { account, credential: { id: '', type: 'token' as const, expiresAt: 0 } } }
  for (const [index, name] of PRACTICES.entries()) {
    const date = new Date(ctx.now() - index * DAY).toISOString().slice(0, 10)
    await recordSession(member, { name, date, duration: 10 + index * 5 })
  }
  return PRACTICES.length
}

const seed = async (ctx: Ctx): Promise<string[]> => {
  const told: string[] = []
  for (const person of PEOPLE) {
    const account = await makePerson(ctx, person)
    if (!account) {
      told.push(`${person.username} was there already`)
      continue
    }
    const member = { ...ctx, actor: { account, credential: { id: '', type: 'token' as const, expiresAt: 0 } } }
    await changePracticeProfile(member, { accountId: account.id, bio: person.bio, location: person.location })
    const sessions = await practise(ctx, account)
    told.push(`${person.username} / ${PASSWORD}${person.flags ? ' (admin, staff, superuser)' : ''}, with ${sessions} practice sessions`)
  }
  return told
}

ensureDevSecret(join(root, '.dev.vars'))
const state = stateFrom(optionIn(process.argv.slice(2), '--persist-to'))
const migrated = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
if (migrated !== 0) process.exit(migrated)
const { ctx, close } = await openPlatform({ remote: false, state: state.folder })
try {
  console.log((await seed(ctx)).join('\n'))
} finally {
  await close()
}
