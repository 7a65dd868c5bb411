import { readFileSync, writeFileSync } from 'node:fs'
import { CliError } from './cli-error.ts'
import { generateTypes } from './wrangler-api.ts'

const FILE = 'src/bindings.d.ts'

/** The type of the bindings in wrangler.toml of the current folder. */
const generatedType = async (): Promise<string> => {
  // The result must be the same on every machine. By default it also contains the names in .dev.vars and .env.
  process.env.CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV = 'false'
  process.env.WRANGLER_LOG ??= 'warn'
  const { content } = await generateTypes({
    path: FILE,
    envInterface: 'Bindings',
    envFile: ['none'],
    strictVars: false,
    includeRuntime: false, // @cloudflare/workers-types
  })
  return content
}

export const writeBindings = async (): Promise<void> => writeFileSync(FILE, await generatedType())

/** Compares the whole text, because `wrangler types --check` compares no more than the hash in the first lines. */
export const checkBindings = async (): Promise<void> => {
  if (readFileSync(FILE, 'utf8') !== (await generatedType())) {
    throw new CliError(`${FILE} does not match wrangler.toml: run \`npm run types\``)
  }
}
