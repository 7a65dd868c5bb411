import { env } from 'cloudflare:workers'
import manifest from '../../package.json'
import { allContracts } from '../../src/app.ts'
import wranglerConfig from '../../wrangler.toml?raw'
import { withoutComments } from '../support/declarations.ts'
import type { Documents, Facts } from './checks.ts'

/** Reads the documents, and finds out what exists: from the sources, the configuration, and a migrated database. */

/** The path from the project's root, for a path from this folder. */
const fromRoot = (path: string): string => new URL(path, 'file:///test/docs/').pathname.slice(1)

const textsOf = (found: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(found).map(([path, text]) => [fromRoot(path), text]))

const documents = textsOf(
  import.meta.glob<string>(['../../*.md', '../../docs/**/*.md', '../../packages/*/*.md'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
)
const sources = Object.values(
  import.meta.glob<string>(['../../src/env.ts', '../../src/env/**/*.ts'], { query: '?raw', import: 'default', eager: true }),
).map(withoutComments)
const adminSources = Object.values(import.meta.glob<string>('../../src/cli/admin/*.ts', { query: '?raw', import: 'default', eager: true }))
const objectSources = Object.values(import.meta.glob<string>('../../src/durable/*.ts', { query: '?raw', import: 'default', eager: true }))
const files = Object.keys(
  import.meta.glob([
    '../../*',
    '../../.*',
    '../../.ci/*',
    '../../{src,test,docs,migrations,packages}/**/*',
    '!**/{node_modules,dist,generated}/**',
  ]),
).map(fromRoot)

export const projectDocuments: Documents = { texts: documents, files }

/** Names in capitals that are keys of an interface or of a schema: `JWT_ISSUER?: string`, `JWT_ISSUER: text()`. */
const KEY = /\b([A-Z][A-Z0-9_]+)\??:(?!:)/g
const BINDING = /\b(?:binding|name) = "([A-Z][A-Z0-9_]+)"/g
const VARIABLE = /^([A-Z][A-Z0-9_]+) = /gm

const namesIn = (texts: readonly string[], pattern: RegExp): string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))),
]

const bindings = namesIn([wranglerConfig], BINDING)
const settings = namesIn(sources, KEY).filter((name) => !bindings.includes(name))

/** The first segment of each path; under `/api`, which several contracts share, the first two. */
const pathFamilies = [
  ...new Set(
    allContracts.flatMap(({ routes }) =>
      routes.map(({ path }) => {
        const [, first = '', second = ''] = path.split('/')
        return first === 'api' ? `/api/${second}` : `/${first}`
      }),
    ),
  ),
]

const databaseTables = async (): Promise<string[]> => {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf%' ESCAPE '\\'
     AND name <> 'd1_migrations'`,
  ).all<{ name: string }>()
  return results.map(({ name }) => name)
}

export const findFacts = async (): Promise<Facts> => ({
  settings: [...new Set([...settings, ...namesIn([wranglerConfig], VARIABLE)])],
  bindings,
  tables: [...(await databaseTables()), ...namesIn(objectSources, /CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)],
  npmCommands: Object.keys(manifest.scripts),
  // Both forms: a line of the usage text, and a branch of the code.
  adminCommands: [...namesIn(adminSources, /^ {2}'?([a-z][a-z-]+)'?: \{\s+usage:/gm)],
  adminOptions: namesIn(adminSources, /\b'?([a-z][a-z-]*)'?: \{ type: '(?:boolean|string)'/g),
  pathFamilies,
})
