import { join } from 'node:path'
import { ensureDevSecret } from './secret.ts'
import { clearWorkerRegistry, optionIn, stateFrom } from './state.ts'
import { root, wrangler } from './wrangler.ts'

/** `npm run dev`: prepares what a fresh clone needs, then starts the server. Arguments are passed on to `wrangler dev`. */

const args = process.argv.slice(2)
const port = optionIn(args, '--port')
const state = stateFrom(optionIn(args, '--persist-to'))

if (ensureDevSecret(join(root, '.dev.vars'))) console.log('Created a JWT_SECRET in .dev.vars.')

const exitCode = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
if (exitCode !== 0) process.exit(exitCode)

clearWorkerRegistry(state)
const origin = `http://localhost:${port ?? '8787'}`
console.log(`
  Concord              ${origin}/
  API reference        ${origin}/docs
  Health check         ${origin}/health
  Demo data            npm run seed
`)

process.exit(await wrangler(['dev', '--show-interactive-dev-session=false', ...(port ? [] : ['--port', '8787']), ...args]))
