import { join } from 'node:path'
import { CliError, runCommand } from '../cli-error.ts'
import { optionIn } from '../options.ts'
import { openPlatform } from '../platform.ts'
import { ensureDevSecret } from '../secret.ts'
import { type State, stateFrom } from '../state.ts'
import { root, wrangler } from '../wrangler.ts'
import { seedMatrimony } from './matrimony.ts'
import { seedMeetups } from './meetups.ts'
import { seedPeople } from './people.ts'
import { seedPractice } from './practice.ts'
import { ALARM_USERNAME, seedRecovery } from './recovery.ts'
import { withWorker } from './worker.ts'

/** `npm run seed`: adds demo accounts and demo data to the local database. Existing records are not changed. */

const migrate = async (state: State): Promise<void> => {
  console.log('Preparing the local database …')
  const exitCode = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
  if (exitCode !== 0) throw new CliError('The local database could not be migrated.')
}

/** Alarms are stored in Durable Objects, so only a Worker can trigger one: the one that is running, or one started for this. */
const triggerAlarm = async (state: State): Promise<void> => {
  const { env, close } = await openPlatform({ remote: false, state: state.folder, operator: true })
  try {
    if (!(await env.OPERATOR?.rehearse(ALARM_USERNAME))) throw new Error('the alarm was not triggered')
  } finally {
    await close()
  }
}

/** Returns whether the account with the recipients is new, and so has no alarm yet. */
const seedDatabase = async (state: State): Promise<boolean> => {
  const { context, close } = await openPlatform({ remote: false, state: state.folder })
  try {
    console.log('Creating accounts …')
    const members = await seedPeople(context, console.log)
    let needsAlarm = false
    if (members.size > 0) {
      console.log(await seedPractice(members))
      console.log(await seedMeetups(members))
      const recovery = await seedRecovery(members)
      if (recovery) console.log(recovery)
      needsAlarm = recovery !== null
    }
    console.log('Creating matrimony members …')
    console.log(await seedMatrimony(context, console.log))
    return needsAlarm
  } finally {
    await close()
  }
}

const seed = async (): Promise<void> => {
  const state = stateFrom(optionIn(process.argv.slice(2), '--persist-to'))
  ensureDevSecret(join(root, '.dev.vars'))
  await migrate(state)
  if (!(await seedDatabase(state))) return
  console.log('Triggering an alarm …')
  await triggerAlarm(state).catch(() => {
    console.log('No server is running: starting one for this …')
    return withWorker(state, () => triggerAlarm(state))
  })
  console.log(`${ALARM_USERNAME} has triggered one alarm, and it is resolved`)
}

await runCommand(seed)
