import { spawn } from 'node:child_process'
import { freePort } from '../ports.ts'
import { cleanWorkerRegistry, type State } from '../state.ts'
import { wranglerCommand } from '../wrangler.ts'

const START_TIMEOUT_MS = 60_000

/** Runs the Worker while `work` runs: for work that needs Durable Objects, when no `npm run dev` is running. */
export const withWorker = async <T>(state: State, work: () => Promise<T>): Promise<T> => {
  await cleanWorkerRegistry(state)
  const [port, inspector] = [await freePort(), await freePort()]
  const ports = ['--port', `${port}`, '--inspector-port', `${inspector}`, '--show-interactive-dev-session=false']
  const { command, args, options } = wranglerCommand(['dev', ...ports, ...state.arguments])
  const child = spawn(command, args, { ...options, stdio: 'ignore' })
  try {
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!(await fetch(`http://127.0.0.1:${port}/health`).catch(() => null))?.ok) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('the Worker did not start')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    return await work()
  } finally {
    child.kill('SIGTERM')
  }
}
