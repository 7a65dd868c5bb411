import { randomBytes } from 'node:crypto'
import { CliError } from '../cli-error.ts'

/** Requests to a deployed Worker that show whether it works: its health, each service that it uses, and one of each contract. */

/**
 * A log-in to an account that does not exist: it goes through the router, the rate limit, the password hash and the tables
 * of the database, and creates nothing.
 */
const LOG_INS = [
  { contract: 'mindharmony', path: '/user/login/', status: 400, key: 'error' },
  { contract: 'facility', path: '/api/sessions/', status: 401, key: 'detail' },
  { contract: 'matrimony', path: '/users/login/', status: 401, key: 'error' },
  { contract: 'recovery', path: '/api/v1/user/login/', status: 401, key: 'error' },
  { contract: 'meetups', path: '/api/token/', status: 401, key: 'detail' },
] as const

const TIMEOUT_MS = 15_000

interface Answer {
  /** Null: there was no response. */
  readonly status: number | null
  readonly body: Readonly<Record<string, unknown>>
}

const request = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const body: unknown = await response.json().catch(() => null)
    return { status: response.status, body: { ...Object(body) } }
  } catch {
    return { status: null, body: {} }
  }
}

const describe = ({ status }: Answer): string => (status === null ? 'does not respond' : `responds with ${status}`)

/** Waits for a healthy response: a new address takes a while until it is known everywhere. */
const waitForHealth = async (origin: string, waitMs: number): Promise<Answer> => {
  const end = Date.now() + waitMs
  for (;;) {
    const answer = await request(`${origin}/health`)
    if (answer.status === 200 && answer.body.database === 'ok') return answer
    if (Date.now() >= end) throw new CliError(`${origin}/health ${describe(answer)}.`)
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, waitMs)))
  }
}

/**
 * A service that does not work stops here. What is late does not: after a first deployment no cron has run yet, and an
 * alarm that waits is no reason to go back to the version before.
 */
const checkReadiness = async (origin: string): Promise<string> => {
  const answer = await request(`${origin}/ready`)
  const checks = Object.entries<unknown>({ ...Object(answer.body.checks) })
  if (checks.length === 0) throw new CliError(`${origin}/ready ${describe(answer)}.`)
  const named = (result: string): string => checks.flatMap(([name, value]) => (value === result ? [name] : [])).join(', ')
  if (named('failed') !== '') throw new CliError(`${origin}/ready reports that this does not work: ${named('failed')}.`)
  return named('late') === '' ? '/ready: ready' : `/ready: works, but this is late: ${named('late')}`
}

/** Resolves with a line for each request; throws a sentence about the first response that is wrong. */
export const smokeTest = async (origin: string, waitMs: number): Promise<string[]> => {
  const health = await waitForHealth(origin, waitMs)
  const lines = [`/health: ${health.body.status}`, await checkReadiness(origin)]
  const body = JSON.stringify({
    username: `deployment-test-${randomBytes(8).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  })
  for (const { contract, path, status, key } of LOG_INS) {
    const answer = await request(`${origin}${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    if (answer.status !== status || !(key in answer.body)) {
      throw new CliError(`${origin}${path} (${contract}) ${describe(answer)}, and not with ${status} and the field "${key}".`)
    }
    lines.push(`${contract}: ${path} rejects an unknown account`)
  }
  return lines
}

/** The address in a line of wrangler's list of targets; null for a schedule, a queue, or a route with a path or a wildcard. */
export const originIn = (target: string): string | null => {
  const [, scheme = 'https://', host] = /^(https?:\/\/)?([\w-]+(?:\.[\w-]+)+(?::\d+)?)(?:\/\*)?(?: |$)/.exec(target) ?? []
  return host === undefined ? null : `${scheme}${host}`
}
