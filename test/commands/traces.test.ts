import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createState, type Running, serve } from './run.ts'
import { prepareDatabase } from './shared.ts'

/** What the runtime itself records of requests, and what the Worker logs, while the recording of traces is on. */

const state = createState()
const traces = join(state.folder, 'v3/observability')
let server: Running

const SECRETS = {
  password: 'a very private password',
  email: 'private.address@example.org',
  name: 'private.person',
  note: 'a private practice',
}

/** All that is recorded so far. */
const recorded = (): string =>
  readdirSync(traces, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')

const send = async (method: string, path: string, token: string | null, body?: object): Promise<Readonly<Record<string, unknown>>> => {
  const response = await fetch(`${server.origin}${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token !== null && { Authorization: `Token ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { ...Object(await response.json()) }
}

beforeAll(async () => {
  vi.stubEnv('X_LOCAL_OBSERVABILITY', 'true')
  await prepareDatabase(state.folder)
  server = await serve(state.folder)
})

afterAll(async () => {
  await server?.kill()
  vi.unstubAllEnvs()
  state.remove()
})

test('contain no token, no body and no value of a statement, apart from the query that Cloudflare removes', async () => {
  const { token } = await send('POST', '/user/register/', null, {
    username: SECRETS.name,
    email: SECRETS.email,
    password: SECRETS.password,
  })
  if (typeof token !== 'string') throw new Error('no token')
  await send('POST', '/session/', token, { name: SECRETS.note, date: '2024-07-06', duration: 5 })
  await send('GET', '/session/', token)
  // A socket may have its token in the URL. At Cloudflare, `redact_query_string` removes the query; the local runtime records it.
  await send('GET', `/ws/no-such-socket/?token=${token}`, null)
  await vi.waitFor(() => expect(recorded()).toContain('/ws/no-such-socket/'), { timeout: 20_000, interval: 200 })
  const withoutQueries = recorded().replaceAll(/\?token=[\w.-]+/g, '')
  expect(withoutQueries).not.toBe(recorded())
  const all = `${withoutQueries}\n${server.out()}`
  // The statements are recorded, and the lines of the log.
  expect(all).toContain('/user/register')
  expect(all).toContain('insert into')
  expect(server.out()).toContain('"route":"/session"')
  for (const secret of [...Object.values(SECRETS), token]) expect(all.includes(secret), secret).toBe(false)
  // Nor a part of the token that would be enough to use it.
  expect(all.includes(token.split('.')[2] ?? '')).toBe(false)
})
