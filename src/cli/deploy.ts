import { wrangler } from './wrangler.ts'

/** `npm run deploy`: production's database first, so that no code meets a table that is not there yet; then the Worker. */

const steps = [
  ['d1', 'migrations', 'apply', 'DB', '--remote', '--env', 'production'],
  ['deploy', '--env', 'production', '--minify', ...process.argv.slice(2)],
]
for (const step of steps) {
  const code = await wrangler(step)
  if (code !== 0) process.exit(code)
}
