import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import * as z from 'zod/mini'
import { replaceFile } from './replace-file.ts'
import { root } from './wrangler.ts'

/**
 * What wrangler makes of wrangler.toml is kept in a file: to make it, a command has to load wrangler, which takes almost a second. It
 * is kept together with the digest of everything that it is made of, and made again when that differs.
 */

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

/** The files of which our modules and wrangler make a configuration. Each version of wrangler needs one of miniflare and workerd. */
export const wranglerInputs = (modules: readonly string[]): string[] => [
  join(root, 'wrangler.toml'),
  createRequire(import.meta.url).resolve('wrangler/package.json'),
  ...modules.map((name) => join(root, name)),
]

const KeptSchema = z.object({ digest: z.string(), configuration: z.unknown() })

const keptIn = <Configuration>(file: string, digest: string, schema: z.ZodMiniType<Configuration>): Configuration | null => {
  if (!existsSync(file)) return null
  try {
    const kept = KeptSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    return kept.digest === digest ? schema.parse(kept.configuration) : null
  } catch {
    return null // It is damaged, and is written again.
  }
}

interface Kept<Configuration> {
  readonly file: string
  readonly digest: string
  readonly schema: z.ZodMiniType<Configuration>
  read(): Configuration | Promise<Configuration>
}

/** The configuration that is kept in `file`, if it was made of the inputs with this digest; otherwise `read` makes it. */
export const keptConfiguration = async <Configuration extends object>({
  file,
  digest,
  schema,
  read,
}: Kept<Configuration>): Promise<Configuration> => {
  const kept = keptIn(file, digest, schema)
  if (kept !== null) return kept
  const configuration = await read()
  mkdirSync(dirname(file), { recursive: true })
  replaceFile(file, Buffer.from(JSON.stringify({ digest, configuration })))
  return configuration
}
