import { type ChildProcess, spawn } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { basename } from 'node:path'

/** The part of miniflare that is used. */
interface Miniflare {
  /** The address on which the Worker is served, once it runs. */
  readonly ready: Promise<URL>
  /** The bindings of the first Worker, as proxies for this process. */
  getBindings(): Promise<object>
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
  /** Bindings of the first Worker whose methods are all asynchronous. */
  bindings<Bindings>(names: readonly string[]): Bindings
  close(): Promise<void>
}

/** Miniflare's proxies need a thread and block this process, which takes 0.2 s. So they are created when a method is called. */
const createdLater = (create: () => Promise<object>) =>
  new Proxy(Object.create(null), {
    get: (_target, method) => {
      // A promise that resolves with this must not take it for another promise.
      if (method === 'then' || typeof method === 'symbol') return undefined
      return async (...values: unknown[]): Promise<unknown> => {
        const binding = await create()
        return Reflect.apply(Reflect.get(binding, method), binding, values)
      }
    },
  })

/** Starts the local runtime without wrangler, which takes 150 MB. `options` are in the form that wrangler's `getMiniflareWorkerOptions` returns. */
export const startMiniflare = async (options: object): Promise<LocalRuntime> => {
  const module: Module = require('miniflare')
  subscribe('child_process', guardWorkerd)
  try {
    const runtime = new module.Miniflare(module.convertV4MiniflareOptions(options))
    const address = await runtime.ready
    let all: Promise<object> | undefined
    const bindingOf = (name: string) =>
      createdLater(async () => {
        all ??= runtime.getBindings()
        return Reflect.get(await all, name)
      })
    return {
      address,
      bindings: (names) => Object.assign(Object.create(null), Object.fromEntries(names.map((name) => [name, bindingOf(name)]))),
      close: () => runtime.dispose(),
    }
  } finally {
    unsubscribe('child_process', guardWorkerd)
  }
}
