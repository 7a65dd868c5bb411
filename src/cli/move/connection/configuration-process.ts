import { readFileSync, rmSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import type { EnvironmentName } from '../../environments.ts'
import { statementsOfMigration } from '../../migrate.ts'
import { migrationFiles } from '../../migrations.ts'
import { databasesAndFiles, operatorService, writeConfig } from '../../platform-config.ts'
import { miniflareOptions, startRemoteSession } from '../../wrangler-api.ts'
import type { Configuration } from './configuration.ts'

/**
 * What `npm run move` needs of wrangler, in a process of its own, because wrangler takes 150 MB: reads the configuration and
 * sends it to the command. With an environment, it also holds the connection to Cloudflare until the command ends.
 */

/** Tests set it: then the Worker of `npm run dev` on the same state takes the place of the deployed one, and only its address differs. */
const isDeployedHere = process.env.CONCORD_DEPLOYMENT === 'local'

const prepare = async (environment: EnvironmentName | null) => {
  const path = writeConfig(environment, (config, remote) => ({
    ...(!remote && databasesAndFiles(config, false)),
    ...operatorService(config, remote && !isDeployedHere),
  }))
  try {
    const session = environment === null ? null : ((await startRemoteSession({ path }))?.session ?? null)
    const { workerOptions, externalWorkers } = miniflareOptions(path, { remoteProxyConnectionString: session?.remoteProxyConnectionString })
    return { session, workerOptions, externalWorkers }
  } finally {
    rmSync(path, { force: true })
  }
}

const environment = process.argv.find((name): name is EnvironmentName => name === 'production' || name === 'staging') ?? null
const { session, workerOptions, externalWorkers } = await prepare(environment)
// The variables, which may be secrets, are not needed, and the configuration is kept in a file.
const { modulesRules: _rules, bindings: _variables, ...worker } = workerOptions
const configuration: Configuration = {
  worker,
  externalWorkers,
  bridge: stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'bridge.ts'), 'utf8')),
  migrations: environment === null ? Object.fromEntries(migrationFiles().map((name) => [name, statementsOfMigration(name)])) : {},
}
// When the command ends, also by SIGKILL.
process.on('disconnect', () => void (session?.dispose() ?? Promise.resolve()).finally(() => process.exit()))
process.send?.(JSON.stringify(configuration))
