import { readFileSync, writeFileSync } from 'node:fs'
import { generateTypes } from './wrangler-api.ts'

/**
 * `npm run types`: generates the type of wrangler.toml's bindings, as `wrangler types` does. With `--check` it only compares:
 * the whole text, because `wrangler types --check` compares no more than the hash in the first lines.
 */

const FILE = 'src/bindings.d.ts'

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

if (!process.argv.includes('--check')) writeFileSync(FILE, content)
else if (readFileSync(FILE, 'utf8') !== content) {
  console.error(`${FILE} does not match wrangler.toml: run \`npm run types\``)
  process.exit(1)
}
