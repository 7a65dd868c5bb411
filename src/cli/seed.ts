import { join } from 'node:path'
import { openPlatform } from './platform.ts'
import { ensureDevSecret } from './secret.ts'
import { seedMeetups } from './seed/meetups.ts'
import { seedPeople } from './seed/people.ts'
import { seedPractice } from './seed/practice.ts'
import { optionIn, stateFrom } from './state.ts'
import { root, wrangler } from './wrangler.ts'

/** `npm run seed`: people and things to look around in, in the local database. What is there already stays as it is. */

ensureDevSecret(join(root, '.dev.vars'))
const state = stateFrom(optionIn(process.argv.slice(2), '--persist-to'))
const migrated = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
if (migrated !== 0) process.exit(migrated)

const { ctx, close } = await openPlatform({ remote: false, state: state.folder })
try {
  const { cast, told } = await seedPeople(ctx)
  console.log(told.join('\n'))
  if (cast.size > 0) {
    console.log(await seedPractice(cast))
    console.log(await seedMeetups(cast))
  }
} finally {
  await close()
}
