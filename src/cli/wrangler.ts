import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** Tests of the deployment set `CONCORD_WRANGLER` to a script that replaces wrangler: they must not reach Cloudflare. */
const executable =
  process.env.CONCORD_WRANGLER ?? join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')

/** The command that runs wrangler: with the project's Node, in the project's folder, without a banner and without network requests of its own. */
export const wranglerCommand = (args: readonly string[]) => ({
  command: process.execPath,
  args: ['--no-warnings', executable, ...args],
  options: {
    cwd: root,
    // By default wrangler writes a trace of every statement and every frame to a database. That costs more than serving them.
    env: {
      X_LOCAL_OBSERVABILITY: 'false',
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    },
  },
})

/** Runs wrangler at this terminal and resolves with its exit code. */
export const wrangler = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const { command, args: wranglerArgs, options } = wranglerCommand(args)
    const child = spawn(command, wranglerArgs, { ...options, env: { ...options.env, ...environment }, stdio: 'inherit' })
    const forwardSignal = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', forwardSignal)
    process.on('SIGTERM', forwardSignal)
    child.on('error', reject)
    child.on('exit', (code) => {
      process.off('SIGINT', forwardSignal)
      process.off('SIGTERM', forwardSignal)
      resolve(code ?? 0)
    })
  })
