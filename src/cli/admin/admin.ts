import { recordCommand } from '../../domain/audit.ts'
import { CliError, runCommand } from '../cli-error.ts'
import type { EnvironmentName } from '../environments.ts'
import { stateFrom } from '../state.ts'
import { ACTIONS } from './actions.ts'
import { environmentOf, invocationFrom, withoutValues } from './arguments.ts'

/** `npm run admin`: changes accounts with the Worker's own verbs, also while the server is running. */

const messages = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${error.cause === undefined ? '' : messages(error.cause)}` : ''

/** Says what the operator can do about an error, if it is known. */
const explained = (error: unknown, environment: EnvironmentName | null): unknown => {
  if (!messages(error).includes('no such table')) return error
  return new CliError(
    `The database has no tables yet. ${environment ? `\`npm run deploy -- ${environment}\`` : '`npm run dev` or `npm run seed`'} creates them.`,
  )
}

const admin = async (): Promise<void> => {
  const invocation = invocationFrom(process.argv.slice(2))
  if ('help' in invocation) return console.log(invocation.help)
  const { command, username, options } = invocation
  const environment = environmentOf(options)
  const state = stateFrom(options['persist-to']).folder
  // Imported here, because it takes a second to load: help and most errors come without it.
  const { openPlatform } = await import('../platform.ts')
  const { context, env, close } = await openPlatform({ environment, state, operator: command === 'erase' || command === 'export' })
  try {
    await recordCommand(context, username || (options.of ?? ''), withoutValues(command, options))
    const text = await ACTIONS[command]({ context, operator: env.OPERATOR, username, options })
    if (text !== null) console.log(text)
  } catch (error) {
    throw explained(error, environment)
  } finally {
    await close()
  }
}

await runCommand(admin)
