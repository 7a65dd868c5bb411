import { type ChildProcess, spawn } from 'node:child_process'
import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { createInterface } from 'node:readline'
import { wranglerCommand } from '../wrangler.ts'
import { createOutputFilter } from './output.ts'

export interface Server {
  /** Resolves with the status of the first response to `/health`; with null if the server has ended. */
  readonly firstStatus: Promise<number | null>
  readonly exitCode: Promise<number>
  /** Prints what the server has written: everything, or only what a developer needs since its first response. From now on the latter. */
  show(written: 'everything' | 'needed'): void
}

/** Starts `wrangler dev` and keeps its output back until `show` is called. */
export const startServer = (args: readonly string[], origin: string): Server => {
  const { command, args: wranglerArgs, options } = wranglerCommand(['dev', '--show-interactive-dev-session=false', ...args])
  const child = spawn(command, wranglerArgs, { ...options, stdio: ['inherit', 'pipe', 'pipe'] })
  const requestId = `npm-run-dev-${process.pid}`
  const kept: { readonly write: () => void; readonly isNeeded: boolean }[] = []
  let isShown = false
  const print = (stream: NodeJS.ReadableStream, write: (line: string) => void) => {
    const filter = createOutputFilter(requestId)
    createInterface({ input: stream }).on('line', (line) => {
      const isNeeded = filter(line)
      if (!isShown) kept.push({ write: () => write(line), isNeeded })
      else if (isNeeded) write(line)
    })
  }
  print(child.stdout, (line) => console.log(line))
  print(child.stderr, (line) => console.error(line))
  let startLines = 0
  const firstStatus = firstStatusOf(`${origin}/health`, requestId, () => child.exitCode !== null || child.signalCode !== null)
  return {
    firstStatus: firstStatus.then((status) => {
      startLines = kept.length
      return status
    }),
    exitCode: endOf(child),
    show: (written) => {
      isShown = true
      const lines = written === 'everything' ? kept : kept.slice(startLines).filter(({ isNeeded }) => isNeeded)
      for (const { write } of lines) write()
    },
  }
}

const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    // At a terminal the server gets Ctrl-C itself, and a second signal does no harm. This process must outlive it, to report its exit code.
    const forwardSignal = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', forwardSignal)
    process.on('SIGTERM', forwardSignal)
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 0))
  })

const POLL_MS = 100

const firstStatusOf = async (url: string, requestId: string, hasEnded: () => boolean): Promise<number | null> => {
  while (!hasEnded()) {
    const status = await statusOf(url, requestId)
    if (status !== null) return status
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return null
}

/** Null if nothing responds yet. */
const statusOf = (url: string, requestId: string): Promise<number | null> =>
  new Promise((resolve) => {
    const headers = { 'X-Request-Id': requestId }
    // The certificate of a local https server is signed by itself.
    const request = url.startsWith('https:') ? getHttps(url, { headers, rejectUnauthorized: false }) : getHttp(url, { headers })
    request.on('error', () => resolve(null))
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? null)
    })
  })
