import { runCommand } from '../cli-error.ts'
import { terminal } from '../prompt.ts'
import { runAdmin } from './run-admin.ts'

/** `npm run admin`: changes accounts with the Worker's own verbs, also while the server is running. */

await runCommand(() =>
  runAdmin(process.argv.slice(2), {
    terminal,
    // Imported here, because it takes a second to load: help and most errors come without it.
    openPlatform: async (options) => (await import('../platform.ts')).openPlatform(options),
  }),
)
