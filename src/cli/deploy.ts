import { wrangler } from './wrangler.ts'

/** `npm run deploy`: migrates the production database first, so that new code never runs without its tables; then deploys the Worker. */

const steps = [
  ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', 'production'],
  ['deploy', '--env', 'production', '--minify', ...process.argv.slice(2)],
]
for (const step of steps) {
  const code = await wrangler(step)
  if (code !== 0) process.exit(code)
}
