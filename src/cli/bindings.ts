import { checkBindings, writeBindings } from './bindings-file.ts'
import { runCommand } from './cli-error.ts'

/** `npm run types`: generates the type of wrangler.toml's bindings, as `wrangler types` does. With `--check` it only compares. */

await runCommand(process.argv.includes('--check') ? checkBindings : writeBindings)
