import { join } from 'node:path'
import { CliError, runCommand } from '../cli-error.ts'
import { optionIn } from '../options.ts'
import { isPortInUse } from '../ports.ts'
import { ensureDevSecret, secretFromEnvironment } from '../secret.ts'
import { cleanWorkerRegistry, type State, stateFrom } from '../state.ts'
import { root } from '../wrangler.ts'
import { listeningFrom } from './arguments.ts'
import { preparedDatabase } from './prepared-database.ts'
import { startServer } from './server.ts'
import { startBlock } from './start-block.ts'

/** `npm run dev`: prepares what a fresh clone needs, then starts the server. Arguments are passed on to `wrangler dev`. */

/** Two servers on one database would run each Durable Object twice. */
const requireFree = async (port: number, host: string, state: State): Promise<void> => {
  if (await isPortInUse(port, host)) {
    throw new CliError(`Port ${port} is in use. Stop the program that uses it, or choose another: npm run dev -- --port ${port + 1}`)
  }
  if (await cleanWorkerRegistry(state)) {
    throw new CliError(
      `Another server is running on the database in ${state.folder}. Stop it, or use another folder: npm run dev -- --persist-to <folder>`,
    )
  }
}

/** Arguments that pass the secret of the environment on to the Worker. Otherwise wrangler reads the one in .dev.vars. */
const secretArguments = (): readonly string[] => {
  const secret = secretFromEnvironment(process.env)
  if (secret !== null) return ['--var', `JWT_SECRET:${secret}`]
  if (ensureDevSecret(join(root, '.dev.vars'))) console.log('Created a JWT_SECRET in .dev.vars.')
  return []
}

/** Creates or migrates the local database, before the server opens it. Returns whether it contains accounts. */
const prepareDatabase = async (state: State): Promise<boolean> => {
  const prepared = preparedDatabase(state)
  if (prepared !== null) return prepared.hasAccounts
  // Imported here, because they take a second to load.
  const [{ openPlatform }, { migrateLocalDatabase }, { hasAccounts }] = await Promise.all([
    import('../platform.ts'),
    import('../migrate.ts'),
    import('../../domain/accounts/operator-actions.ts'),
  ])
  const { context, env, close } = await openPlatform({ environment: null, state: state.folder })
  try {
    await migrateLocalDatabase(env.DB)
    return await hasAccounts(context)
  } finally {
    await close()
  }
}

const dev = async (): Promise<void> => {
  const args = process.argv.slice(2)
  const { port, host, origin } = listeningFrom(args)
  const state = stateFrom(optionIn(args, '--persist-to'))
  await requireFree(port, host, state)
  const secret = secretArguments()

  console.log('Preparing the local database …')
  const withAccounts = await prepareDatabase(state)

  console.log('Building the pages and starting the server …')
  // Before the arguments, which may set another address.
  const address = ['--var', `PUBLIC_URL:${origin}`]
  const portArguments = optionIn(args, '--port') === undefined ? ['--port', `${port}`] : []
  const server = startServer([...portArguments, ...secret, ...address, ...args], origin)
  const status = await server.firstStatus
  if (status === 200) console.log(startBlock(origin, withAccounts))
  else if (status !== null) console.error(`The server is running, but ${origin}/health responds with ${status}:`)
  server.show(status === 200 ? 'needed' : 'everything')
  process.exitCode = await server.exitCode
}

await runCommand(dev)
