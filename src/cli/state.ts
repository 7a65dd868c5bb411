import { join, resolve } from 'node:path'
import { root } from './wrangler.ts'

/** Where the local database and everything beside it is kept: `--persist-to <folder>`, or wrangler's own place. */
export const stateFrom = (folder: string | undefined): { readonly folder: string; readonly arguments: readonly string[] } => {
  const kept = folder === undefined ? join(root, '.wrangler/state') : resolve(folder)
  return { folder: kept, arguments: ['--persist-to', kept] }
}

/** The value of an option among arguments that are somebody else's to understand. */
export const optionIn = (given: readonly string[], name: string): string | undefined => {
  const at = given.findIndex((argument) => argument === name || argument.startsWith(`${name}=`))
  return at < 0 ? undefined : given[at]?.includes('=') ? given[at]?.split('=')[1] : given[at + 1]
}
