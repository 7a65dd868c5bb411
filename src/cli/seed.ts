import { join } from 'node:path'
import { openPlatform } from './platform.ts'
import { ensureDevSecret } from './secret.ts'
import { seedMatrimony } from './seed/matrimony.ts'
import { seedMeetups } from './seed/meetups.ts'
import { seedPeople } from './seed/people.ts'
import { seedPractice } from './seed/practice.ts'
import { seedRecovery, WHO_RINGS } from './seed/recovery.ts'
import { withWorker } from './seed/worker.ts'
import { optionIn, stateFrom } from './state.ts'
import { root, wrangler } from './wrangler.ts'

/** `npm run seed`: people and things to look around in, in the local database. What is there already stays as it is. */

ensureDevSecret(join(root, '.dev.vars'))
const state = stateFrom(optionIn(process.argv.slice(2), '--persist-to'))
const migrated = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
if (migrated !== 0) process.exit(migrated)

/** An alarm lives in the Worker's own objects: the one that runs rings it, or one that is started for that. */
const ring = async (): Promise<void> => {
  const { env, close } = await openPlatform({ remote: false, state: state.folder, operator: true })
  try {
    if (!(await env.OPERATOR?.rehearse(WHO_RINGS))) throw new Error('nothing rang')
  } finally {
    await close()
  }
}

const { context, close } = await openPlatform({ remote: false, state: state.folder })
let rings = false
try {
  const { cast, told } = await seedPeople(context)
  console.log(told.join('\n'))
  if (cast.size > 0) {
    console.log(await seedPractice(cast))
    console.log(await seedMeetups(cast))
    const recovery = await seedRecovery(cast)
    if (recovery) console.log(recovery)
    rings = recovery !== null
  }
  console.log(await seedMatrimony(context))
} finally {
  await close()
}
if (rings) {
  await ring().catch(() => withWorker(state, ring))
  console.log(`${WHO_RINGS} has rung once, and is safe`)
}
