import { type ChildProcess, spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { basename } from 'node:path'

/** The part of miniflare that is used. */
interface Miniflare {
  /** The address on which the Worker is served, once it runs. */
  readonly ready: Promise<URL>
  /** The bindings of the first Worker, for this process. */
  getBindings<Bindings>(): Promise<Bindings>
  dispose(): Promise<void>
}

interface Module {
  readonly Miniflare: new (options: object) => Miniflare
  readonly convertV4MiniflareOptions: (options: object) => object
}

/** The one that wrangler itself uses: both are of one version, and start the same workerd. */
const require = createRequire(createRequire(import.meta.url).resolve('wrangler'))

/**
 * A process that is killed cannot end those that it has started, and workerd would run on. So a shell waits for the end of its
 * input, which is that of this process, and then ends workerd. Windows has no such shell: there, workerd stays.
 */
const endWithThisProcess = (workerd: ChildProcess): void => {
  const guard = spawn('sh', ['-c', 'read -r _; kill -9 "$1"', 'sh', `${workerd.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Otherwise Ctrl-C would also end the shell.
    detached: true,
  })
  guard.on('error', () => undefined)
  guard.unref()
  if (guard.stdin instanceof Socket) guard.stdin.unref()
  workerd.on('exit', () => guard.kill('SIGKILL'))
}

const guardWorkerd = (message: unknown): void => {
  if (typeof message !== 'object' || message === null || !('process' in message)) return
  const child: unknown = message.process
  if (!isChildProcess(child)) return
  child.once('spawn', () => {
    if (basename(child.spawnfile).startsWith('workerd')) endWithThisProcess(child)
  })
}

const isChildProcess = (value: unknown): value is ChildProcess => typeof value === 'object' && value !== null && 'spawnfile' in value

interface LocalRuntime {
  readonly address: URL
  bindings<Bindings>(): Promise<Bindings>
  close(): Promise<void>
}

/** Starts the local runtime without wrangler, which takes 150 MB. `options` are in the form that wrangler's `getMiniflareWorkerOptions` returns. */
export const startMiniflare = async (options: object): Promise<LocalRuntime> => {
  const module: Module = require('miniflare')
  subscribe('child_process', guardWorkerd)
  try {
    const runtime = new module.Miniflare(module.convertV4MiniflareOptions(options))
    return { address: await runtime.ready, bindings: () => runtime.getBindings(), close: () => runtime.dispose() }
  } finally {
    unsubscribe('child_process', guardWorkerd)
  }
}
