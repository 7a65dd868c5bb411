import { type ParseArgsConfig, parseArgs } from 'node:util'
import { CliError } from '../cli-error.ts'
import { type EnvironmentName, requireEnvironment } from '../environments.ts'
import { stateFrom } from '../state.ts'

export const PLACE_OPTIONS = { remote: { type: 'boolean' }, env: { type: 'string' }, 'persist-to': { type: 'string' } } as const

interface PlaceValues {
  readonly remote?: boolean | undefined
  readonly env?: string | undefined
  readonly 'persist-to'?: string | undefined
}

/** Which database is meant. */
export interface Place {
  /** Null: the local one. */
  readonly environment: EnvironmentName | null
  /** The folder of the local one. */
  readonly folder: string
  /** With these arguments wrangler finds it. */
  readonly arguments: readonly string[]
}

/** The values of the options; an unknown option is a sentence. */
export const optionsOf = <T extends NonNullable<ParseArgsConfig['options']>>(command: string, options: T) => {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new CliError(`${error.message.split(/\. |\n/)[0]}. \`npm run ${command} -- --help\` lists the options.`)
  }
}

export const placeOf = ({ remote, env, 'persist-to': folder }: PlaceValues): Place => {
  if (remote) {
    const environment = requireEnvironment(env ?? 'production')
    return { environment, folder: '', arguments: ['--remote', '--env', environment] }
  }
  if (env !== undefined) throw new CliError('--env is only for --remote: without it, a command uses the local database.')
  const state = stateFrom(folder)
  return { environment: null, folder: state.folder, arguments: ['--local', ...state.arguments] }
}
