import { join } from 'node:path'
import { openPlatform } from '../platform.ts'
import { ensureDevSecret } from '../secret.ts'
import { optionIn, stateFrom } from '../state.ts'
import { root, wrangler } from '../wrangler.ts'
import { seedMatrimony } from './matrimony.ts'
import { seedMeetups } from './meetups.ts'
import { seedPeople } from './people.ts'
import { seedPractice } from './practice.ts'
import { ALARM_USERNAME, seedRecovery } from './recovery.ts'
import { withWorker } from './worker.ts'

/** `npm run seed`: adds demo accounts and demo data to the local database. Existing records are not changed. */

ensureDevSecret(join(root, '.dev.vars'))
const state = stateFrom(optionIn(process.argv.slice(2), '--persist-to'))
const exitCode = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
if (exitCode !== 0) process.exit(exitCode)

/** Alarms are stored in Durable Objects, so only a Worker can trigger one: the one that is running, or one started for this. */
const triggerAlarm = async (): Promise<void> => {
  const { env, close } = await openPlatform({ remote: false, state: state.folder, operator: true })
  try {
    if (!(await env.OPERATOR?.rehearse(ALARM_USERNAME))) throw new Error('the alarm was not triggered')
  } finally {
    await close()
  }
}

const { context, close } = await openPlatform({ remote: false, state: state.folder })
let needsAlarm = false
try {
  const { members, lines } = await seedPeople(context)
  console.log(lines.join('\n'))
  if (members.size > 0) {
    console.log(await seedPractice(members))
    console.log(await seedMeetups(members))
    const recovery = await seedRecovery(members)
    if (recovery) console.log(recovery)
    needsAlarm = recovery !== null
  }
  console.log(await seedMatrimony(context))
} finally {
  await close()
}
if (needsAlarm) {
  await triggerAlarm().catch(() => withWorker(state, triggerAlarm))
  console.log(`${ALARM_USERNAME} has triggered one alarm, and it is resolved`)
}
