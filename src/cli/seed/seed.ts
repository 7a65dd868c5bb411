import { join } from 'node:path'
import type { OperatorContext } from '../../domain/access.ts'
import { runCommand } from '../cli-error.ts'
import { migrateLocalDatabase } from '../migrate.ts'
import { optionIn } from '../options.ts'
import { openPlatform } from '../platform.ts'
import { ensureDevSecret } from '../secret.ts'
import { type State, stateFrom } from '../state.ts'
import { exitIfHelpIsAsked } from '../usage.ts'
import { withWorker } from '../worker.ts'
import { root } from '../wrangler.ts'
import { seedMatrimony } from './matrimony.ts'
import { seedMeetups } from './meetups.ts'
import { PASSWORD, seedPeople } from './people.ts'
import { seedPractice } from './practice.ts'
import { ALARM_USERNAME, seedRecovery } from './recovery.ts'

/** `npm run seed`: adds demo accounts and demo data to the local database. Existing records are not changed. */

/** Alarms are stored in Durable Objects, so only a Worker can trigger one: the one that is running, or one started for this. */
const triggerAlarm = async (state: State): Promise<void> => {
  const { env, close } = await openPlatform({ environment: null, state: state.folder, operator: true })
  try {
    if (!(await env.OPERATOR?.rehearse(ALARM_USERNAME))) throw new Error('the alarm was not triggered')
  } finally {
    await close()
  }
}

/** All demo accounts have one password, which is no secret. So they share one hash too: 200 of them would take ten seconds. */
const withOneHash = (context: OperatorContext): OperatorContext => {
  const shared = context.passwords.hash(PASSWORD)
  const hash: typeof context.passwords.hash = (password) => (password === PASSWORD ? shared : context.passwords.hash(password))
  return { ...context, passwords: { ...context.passwords, hash } }
}

/** Returns whether the account with the recipients is new, and so has no alarm yet. */
const seedDatabase = async (state: State): Promise<boolean> => {
  console.log('Preparing the local database …')
  const { context: operator, env, close } = await openPlatform({ environment: null, state: state.folder })
  try {
    await migrateLocalDatabase(env.DB)
    const context = withOneHash(operator)
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
  if (!(await seedDatabase(state))) return
  console.log('Triggering an alarm …')
  await triggerAlarm(state).catch(() => {
    console.log('No server is running: starting one for this …')
    return withWorker(state, () => triggerAlarm(state))
  })
  console.log(`${ALARM_USERNAME} has triggered one alarm, and it is resolved`)
}

exitIfHelpIsAsked(`npm run seed [-- --persist-to <folder>]

Adds demo accounts and demo data to the local database. Existing records are not changed, so it can be repeated.
  --persist-to <folder>   the folder of the local database, as for npm run dev`)
await runCommand(seed)
