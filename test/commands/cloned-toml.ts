/**
 * wrangler.toml as it is in a fresh clone. `npm run setup` writes ids and addresses into the blocks of production and staging, and
 * the tests must pass in such a checkout too. Only what has the form that the set-up writes is replaced: everything else stays, and
 * the tests find it.
 */

const PLACEHOLDERS: Readonly<Record<string, string>> = { production: '1', staging: '2' }

const UUID = /^database_id = "[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}"$/
const NAMESPACE_ID = /^id = "[\da-f]{32}"$/
const ORIGINS = /^ALLOWED_ORIGINS = "https?:\/\/[^",/]+(?:,https?:\/\/[^",/]+)*"$/
const ADDED = [/^PUBLIC_URL = "https:\/\/[^"/]+"$/, /^routes = \[\{ pattern = "[\w.-]+", custom_domain = true \}\]$/]

const digits = (digit: string, ...lengths: readonly number[]): string => lengths.map((length) => digit.repeat(length)).join('-')

/** One line of an environment's block, as the clone has it; null if the clone has none. */
const clonedLine = (line: string, digit: string, table: string): string | null => {
  if (UUID.test(line) && /d1_databases\]\]$/.test(table)) return `database_id = "${digits(digit, 8, 4, 4, 4, 12)}"`
  if (NAMESPACE_ID.test(line) && /kv_namespaces\]\]$/.test(table)) return `id = "${digits(digit, 32)}"`
  if (ORIGINS.test(line) && /\.vars\]$/.test(table)) return 'ALLOWED_ORIGINS = "*"'
  if (ADDED.some((pattern) => pattern.test(line))) return null
  // The answer "its address at workers.dev".
  return table === '[env.production]' && line === 'workers_dev = true' ? 'workers_dev = false' : line
}

export const asCloned = (toml: string): string => {
  let table = ''
  return toml
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('[')) table = line.trim()
      const [, environment = ''] = /^\[+env\.(\w+)/.exec(table) ?? []
      const digit = PLACEHOLDERS[environment]
      const cloned = digit === undefined ? line : clonedLine(line, digit, table)
      return cloned === null ? [] : [cloned]
    })
    .join('\n')
}

/** The ids of databases and namespaces. No two environments may share one. */
export const idsIn = (toml: string): string[] => [...toml.matchAll(/^(?:database_id|id) = "(.*)"$/gm)].map(([, id = '']) => id)
