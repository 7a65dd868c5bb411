import { join } from 'node:path'
import { digestOfInputs, keptConfiguration, wranglerInputs } from '../../kept-configuration.ts'
import { MIGRATIONS_FOLDER, migrationFiles } from '../../migrations.ts'
import { type Configuration, ConfigurationSchema, readConfiguration } from './configuration.ts'

/** Our modules that the process loads: src/cli/move/connection/configuration-process.ts, and what it imports or reads. */
export const MODULES = [
  'src/cli/cli-error.ts',
  'src/cli/migrate.ts',
  'src/cli/migrations.ts',
  'src/cli/move/connection/bridge.ts',
  'src/cli/move/connection/configuration-process.ts',
  'src/cli/platform-config.ts',
  'src/cli/wrangler-api.ts',
  'src/cli/wrangler.ts',
] as const

/** The files of which the configuration is made. */
export const configurationFiles = (): string[] => [
  ...wranglerInputs(MODULES),
  ...migrationFiles().map((name) => join(MIGRATIONS_FOLDER, name)),
]

/** The configuration of the local database, which is kept beside it. `state`: its folder. */
export const localConfiguration = (state: string): Promise<Configuration> =>
  keptConfiguration({
    file: join(state, 'move-configuration.json'),
    digest: digestOfInputs(configurationFiles(), process.env),
    schema: ConfigurationSchema,
    read: async () => (await readConfiguration(null)).configuration,
  })
