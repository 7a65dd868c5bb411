import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import * as z from 'zod/mini'
import { MIGRATIONS_FOLDER, migrationFiles } from '../../migrations.ts'
import { replaceFile } from '../../replace-file.ts'
import { root } from '../../wrangler.ts'
import { type Configuration, ConfigurationSchema, readConfiguration } from './configuration.ts'

/**
 * The configuration of the local database is kept beside it: to read it, a command would start a process that loads wrangler, which
 * takes almost a second. It is kept together with the digest of everything that it is made of, and made again when that differs.
 */

const KeptSchema = z.object({ digest: z.string(), configuration: ConfigurationSchema })

/** Our modules that the process loads: src/cli/move/connection/configuration-process.ts, and what it imports or reads. */
export const MODULES = [
  'src/cli/cli-error.ts',
  'src/cli/migrate.ts',
  'src/cli/migrations.ts',
  'src/cli/move/connection/bridge.ts',
  'src/cli/move/connection/configuration-process.ts',
  'src/cli/platform-config.ts',
  'src/cli/wrangler-api.ts',
  'src/cli/wrangler.ts',
] as const

/** Each version of wrangler needs one version of miniflare and workerd. */
const wranglerPackage = (): string => createRequire(import.meta.url).resolve('wrangler/package.json')

/** The files of which the configuration is made. */
export const configurationFiles = (): string[] => [
  join(root, 'wrangler.toml'),
  wranglerPackage(),
  ...MODULES.map((name) => join(root, name)),
  ...migrationFiles().map((name) => join(MIGRATIONS_FOLDER, name)),
]

/** Settings of wrangler in the environment, such as `CLOUDFLARE_ENV`. */
const isSetting = (name: string): boolean => /^(?:CLOUDFLARE|MINIFLARE|WRANGLER)_/.test(name)

/** `folder`: where the project is, because the configuration contains paths. */
export const digestOfInputs = (
  files: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  folder = root,
): string => {
  const settings = Object.entries(environment)
    .filter(([name]) => isSetting(name))
    .sort()
  const contents = files.map((file) => [relative(folder, file), readFileSync(file, 'utf8')])
  return createHash('sha256')
    .update(JSON.stringify([process.version, folder, settings, contents]))
    .digest('hex')
}

const keptIn = (file: string): z.infer<typeof KeptSchema> | null => {
  if (!existsSync(file)) return null
  try {
    return KeptSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null // It is damaged, and is written again.
  }
}

/** The configuration that is kept in `file`, if it was made of the inputs with this digest; otherwise `read` makes it. */
export const keptConfiguration = async (file: string, digest: string, read: () => Promise<Configuration>): Promise<Configuration> => {
  const kept = keptIn(file)
  if (kept?.digest === digest) return kept.configuration
  const configuration = await read()
  mkdirSync(dirname(file), { recursive: true })
  replaceFile(file, Buffer.from(JSON.stringify({ digest, configuration })))
  return configuration
}

/** `state`: the folder of the local database. */
export const localConfiguration = (state: string): Promise<Configuration> =>
  keptConfiguration(join(state, 'move-configuration.json'), digestOfInputs(configurationFiles(), process.env), async () => {
    const { configuration } = await readConfiguration(null)
    return configuration
  })
