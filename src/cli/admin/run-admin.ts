import { CliError } from '../cli-error.ts'
import type { EnvironmentName } from '../environments.ts'
import type { Operator, Platform, PlatformOptions } from '../platform.ts'
import type { Terminal } from '../prompt.ts'
import { stateFrom } from '../state.ts'
import { type CommandName, environmentOf, invocationFrom, withoutValues } from './arguments.ts'

const messages = (error: unknown): string =>
  error instanceof Error ? `${error.message}\n${error.cause === undefined ? '' : messages(error.cause)}` : ''

/** Replaces an error that the operator can resolve by one with the command to run. */
const explained = (error: unknown, environment: EnvironmentName | null): unknown => {
  if (!messages(error).includes('no such table')) return error
  return new CliError(
    `The database has no tables yet. ${environment ? `\`npm run deploy -- ${environment}\`` : '`npm run dev` or `npm run seed`'} creates them.`,
  )
}

/** Commands that change no account, or only through the Worker. */
const UNCHANGING: ReadonlySet<CommandName> = new Set(['list', 'audit', 'export', 'erase'])

/** A command writes to the database directly. Without this, a replica that lacks the change could still answer the account. */
const clearGate = async (operator: Operator | undefined, username: string): Promise<void> => {
  try {
    if (!operator) throw new Error('no service binding')
    await operator.clearGate(username)
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new CliError(
      `The change is stored, but ${username} may be answered from an older copy of the database for up to an hour: the Worker does not respond (${reason}). Repeat the command.`,
    )
  }
}

/** What a command works with. Tests open one platform for many commands. */
interface Surroundings {
  readonly terminal: Terminal
  readonly openPlatform: (options: PlatformOptions) => Promise<Platform>
}

/** Runs a command of `npm run admin`. */
export const runAdmin = async (args: readonly string[], { terminal, openPlatform }: Surroundings): Promise<void> => {
  const print = (text: string): void => void terminal.output.write(`${text}\n`)
  const invocation = invocationFrom(args)
  if ('help' in invocation) return print(invocation.help)
  const { command, username, options } = invocation
  const environment = environmentOf(options)
  const state = stateFrom(options['persist-to']).folder
  const { context, env, close } = await openPlatform({ environment, state, operator: command === 'erase' || command === 'export' })
  try {
    // Imported here for the same reason as the platform.
    const [{ recordCommand }, { ACTIONS }] = await Promise.all([import('../../domain/audit.ts'), import('./actions.ts')])
    await recordCommand(context, username || (options.of ?? ''), withoutValues(command, options))
    try {
      const text = await ACTIONS[command]({ context, operator: env.OPERATOR, terminal, username, options })
      if (text !== null) print(text)
    } finally {
      if (context.settings.readReplicas && !UNCHANGING.has(command)) await clearGate(env.OPERATOR, username)
    }
  } catch (error) {
    throw explained(error, environment)
  } finally {
    await close()
  }
}
