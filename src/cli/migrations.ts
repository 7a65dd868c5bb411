import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './wrangler.ts'

export const MIGRATIONS_FOLDER = join(root, 'migrations')

/** The names of the files, in their order. */
export const migrationFiles = (): string[] =>
  readdirSync(MIGRATIONS_FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
