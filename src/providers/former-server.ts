import type { FormerServer } from '../model/upstream.ts'
import { createFormerLogIns } from './former-log-ins.ts'

/** Calls the server that a contract had before. Only the origin in the settings is ever called: a request adds a path and a query to it. */

/** They concern one connection, and a proxy has two (RFC 9110, 7.6.1). The platform removes `Connection` and the headers that it names. */
const HOP_BY_HOP = [
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
]

/** The former server would believe them, so those of a client are dropped. */
const OF_PROXIES = ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Real-IP']

/** Our name in `Via`, by which a loop is recognised. */
const PSEUDONYM = 'concord'

const drop = (headers: Headers, names: readonly string[]): void => {
  for (const name of names) headers.delete(name)
}

const forwardedHeaders = (request: Request, address: string | null): Headers => {
  const headers = new Headers(request.headers)
  drop(headers, [...HOP_BY_HOP, ...OF_PROXIES, ...[...headers.keys()].filter((name) => name.startsWith('cf-'))])
  const { protocol, host } = new URL(request.url)
  if (address !== null) headers.set('X-Forwarded-For', address)
  headers.set('X-Forwarded-Host', host)
  headers.set('X-Forwarded-Proto', protocol.slice(0, -1))
  headers.append('Via', `1.1 ${PSEUDONYM}`)
  if (request.headers.get('Upgrade')?.toLowerCase() === 'websocket') headers.set('Upgrade', 'websocket')
  return headers
}

const cameThroughUs = ({ headers }: Request): boolean =>
  (headers.get('Via') ?? '').split(',').some((hop) => hop.trim().split(/\s+/)[1] === PSEUDONYM)

/** What follows the host, as it was sent. It begins with `/`, or with `?`, or is empty: it cannot extend the name of a host. */
const restOf = (url: string): string => /^\w+:\/\/[^/?#]*([^#]*)/.exec(url)?.[1] ?? ''

/** For each second, so many bytes of a request may arrive: a slow upload is not a server that hangs. */
const BYTES_PER_MS = 50
const UNKNOWN_LENGTH = 5_000_000

const uploadMs = ({ body, headers }: Request): number => (body ? Number(headers.get('Content-Length') ?? UNKNOWN_LENGTH) / BYTES_PER_MS : 0)

/** Method, path, query and body as they came; redirects are followed by the client. A WebSocket is handed through. */
const forward = async (
  origin: string,
  request: Request,
  address: string | null,
  timeoutMs: number,
): ReturnType<FormerServer['forward']> => {
  if (cameThroughUs(request)) return 'loop'
  // The time counts until the response begins: neither a long download nor a WebSocket ends with it.
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), timeoutMs + uploadMs(request))
  try {
    // As a copy, because the platform accepts no other body of a GET.
    const copy = new Request(`${origin}${restOf(request.url)}`, request)
    const headers = forwardedHeaders(request, address)
    const response = await fetch(new Request(copy, { headers, redirect: 'manual', signal: waiting.signal }))
    if (response.status === 101) return response
    const answer = new Response(response.body, response)
    drop(answer.headers, HOP_BY_HOP)
    return answer
  } catch {
    return waiting.signal.aborted ? 'timeout' : 'unreachable'
  } finally {
    clearTimeout(timer)
  }
}

export const createFormerServer = (timeoutMs: number, now: () => number): FormerServer => ({
  ...createFormerLogIns(now),
  forward: ({ origin }, request, address) => forward(origin, request, address, timeoutMs),
})
