import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './wrangler.ts'

/** Where the local database and everything beside it is kept: `--persist-to <folder>`, or wrangler's own place. */
export const stateFrom = (folder: string | undefined): { readonly folder: string; readonly arguments: readonly string[] } => {
  const kept = folder === undefined ? join(root, '.wrangler/state') : resolve(folder)
  // Running Workers find each other by name in a registry. One beside the database, so that a command that needs the
  // Worker finds the one that serves this database, and not another of the same name.
  process.env.WRANGLER_REGISTRY_PATH = join(kept, 'registry')
  return { folder: kept, arguments: ['--persist-to', kept] }
}

/**
 * To be called by whoever is about to serve: a Worker that was killed has not taken its name back, and the next one of
 * that name would not be found.
 */
export const forgetWorkers = (state: { readonly folder: string }): void =>
  rmSync(join(state.folder, 'registry'), { recursive: true, force: true })

/** The value of an option among arguments that are somebody else's to understand. */
export const optionIn = (given: readonly string[], name: string): string | undefined => {
  const at = given.findIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  return at < 0 ? undefined : given[at]?.includes('=') ? given[at]?.split('=')[1] : given[at + 1]
}
