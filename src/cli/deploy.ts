import { productionChannels, productionSecrets } from './channels.ts'
import { confirm } from './prompt.ts'
import { exitIfHelpIsAsked } from './usage.ts'
import { wrangler } from './wrangler.ts'

/**
 * `npm run deploy`: asks first if production cannot send alarm messages. Then it migrates the production database, so that
 * new code never runs without its tables, and deploys the Worker.
 */

exitIfHelpIsAsked(`npm run deploy [-- <arguments of wrangler deploy>]

Applies the migrations to the production database and deploys the Worker. It needs a log-in to Cloudflare (npx wrangler login).
Asks first if production cannot send alarm messages.`)

if (productionChannels(await productionSecrets()).length === 0) {
  console.log(
    'Production has no e-mail or SMS provider: an alarm would reach only the support desk. docs/settings.md describes the settings.',
  )
  if (!(await confirm('Deploy anyway?'))) {
    console.error('Not deployed.')
    process.exit(1)
  }
}

const steps = [
  ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', 'production'],
  ['deploy', '--env', 'production', '--minify', ...process.argv.slice(2)],
]
for (const step of steps) {
  const code = await wrangler(step)
  if (code !== 0) process.exit(code)
}
