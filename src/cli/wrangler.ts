import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const executable = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')

/** How wrangler is run: with our own Node, in the project's folder, quietly and without asking anybody's server anything. */
export const wranglerCommand = (args: readonly string[]) => ({
  command: process.execPath,
  args: ['--no-warnings', executable, ...args],
  options: {
    cwd: root,
    // Else it keeps every statement and every frame in a database of traces: that costs more than serving them.
    env: {
      X_LOCAL_OBSERVABILITY: 'false',
      ...process.env,
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    },
  },
})

/** Runs wrangler; resolves with its exit code. */
export const wrangler = (args: readonly string[], { quiet = false } = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const { command, args: given, options } = wranglerCommand(args)
    const child = spawn(command, given, { ...options, stdio: quiet ? ['ignore', 'ignore', 'inherit'] : 'inherit' })
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', pass)
    process.on('SIGTERM', pass)
    child.on('error', reject)
    child.on('exit', (code) => {
      process.off('SIGINT', pass)
      process.off('SIGTERM', pass)
      resolve(code ?? 0)
    })
  })
