import { runCommand } from '../cli-error.ts'
import { exitIfHelpIsAsked } from '../usage.ts'
import { DEPLOY_USAGE } from './arguments.ts'

/** `npm run deploy`: migrates the database, deploys the Worker, and tests it. */

exitIfHelpIsAsked(DEPLOY_USAGE)
await runCommand(async () => {
  // Imported here, because wrangler takes a second to load: help comes without it.
  const [{ deploy }, { ownWorkspace }] = await Promise.all([import('./deployment.ts'), import('./workspace.ts')])
  await deploy(process.argv.slice(2), ownWorkspace)
})
