import { join } from 'node:path'
import { ensureDevSecret } from './secret.ts'
import { forgetWorkers, optionIn, stateFrom } from './state.ts'
import { root, wrangler } from './wrangler.ts'

/** `npm run dev`: everything a fresh clone needs, and then the server. Arguments go on to `wrangler dev`. */

const given = process.argv.slice(2)
const port = optionIn(given, '--port')
const state = stateFrom(optionIn(given, '--persist-to'))

if (ensureDevSecret(join(root, '.dev.vars'))) console.log('Made a JWT_SECRET in .dev.vars.')

const migrated = await wrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...state.arguments], { quiet: true })
if (migrated !== 0) process.exit(migrated)

forgetWorkers(state)
const origin = `http://localhost:${port ?? '8787'}`
console.log(`
  Concord              ${origin}/
  The reference        ${origin}/docs
  Is it well?          ${origin}/health
  Demo people          npm run seed
`)

process.exit(await wrangler(['dev', '--show-interactive-dev-session=false', ...(port ? [] : ['--port', '8787']), ...given]))
