import { runCommand } from '../cli-error.ts'
import { exitIfHelpIsAsked } from '../usage.ts'
import { SETUP_USAGE } from './arguments.ts'

/** `npm run setup -- <environment>`: creates what a deployment needs. */

exitIfHelpIsAsked(SETUP_USAGE)
await runCommand(async () => {
  // Imported here, because wrangler takes a second to load: help comes without it.
  const [{ setUp }, { ownWorkspace }] = await Promise.all([import('./environment-setup.ts'), import('./workspace.ts')])
  await setUp(process.argv.slice(2), ownWorkspace)
})
