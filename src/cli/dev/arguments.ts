import { CliError } from '../cli-error.ts'
import { optionIn } from '../options.ts'

const DEFAULT_PORT = 8787

interface Listening {
  readonly port: number
  /** What the server listens on: an address, or `localhost`. */
  readonly host: string
  /** How the developer reaches it. */
  readonly origin: string
}

const ANY_ADDRESS = new Set(['*', '0.0.0.0', '::'])

/** Where `wrangler dev` listens with these arguments. */
export const listeningFrom = (args: readonly string[]): Listening => {
  const text = optionIn(args, '--port') ?? String(DEFAULT_PORT)
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) throw new CliError(`--port must be a number from 1 to 65535, and not "${text}".`)
  const host = optionIn(args, '--ip') ?? 'localhost'
  const name = ANY_ADDRESS.has(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return { port, host, origin: `${optionIn(args, '--local-protocol') ?? 'http'}://${name}:${port}` }
}
