import { spawn } from 'node:child_process'
import { CliError } from './cli-error.ts'
import { freePort } from './ports.ts'
import { cleanWorkerRegistry, type State } from './state.ts'
import { wranglerCommand } from './wrangler.ts'

const START_TIMEOUT_MS = 60_000

/**
 * Runs the Worker while `work` runs: for work that needs Durable Objects or answers, when no `npm run dev` is running.
 * `variables`: settings that differ from those in wrangler.toml and .dev.vars. `work` gets the Worker's address.
 */
export const withWorker = async <T>(
  state: State,
  work: (origin: string) => Promise<T>,
  variables: Readonly<Record<string, string>> = {},
): Promise<T> => {
  await cleanWorkerRegistry(state)
  const [port, inspector] = [await freePort(), await freePort()]
  const ports = ['--port', `${port}`, '--inspector-port', `${inspector}`, '--show-interactive-dev-session=false']
  // Its output is not shown, and a line for each request would take a tenth of the time of the request.
  const quiet = ['--log-level', 'error']
  const settings = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const { command, args, options } = wranglerCommand(['dev', ...ports, ...quiet, ...settings, ...state.arguments])
  const child = spawn(command, args, { ...options, stdio: 'ignore' })
  // A signal that ends this process must end the Worker, too.
  const stop = (signal: NodeJS.Signals): void => {
    child.kill('SIGTERM')
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const origin = `http://127.0.0.1:${port}`
  try {
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!(await fetch(`${origin}/health`).catch(() => null))?.ok) {
      if (child.exitCode !== null || Date.now() > deadline) throw new CliError('The Worker did not start: `npm run dev` shows why.')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    return await work(origin)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
    child.kill('SIGTERM')
  }
}
