import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A real server that can be killed and restarted with the same state, and fake providers that listen on real sockets. */

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const wrangler = join(dirname(createRequire(import.meta.url).resolve('wrangler/package.json')), 'bin/wrangler.js')

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export const until = async (description, condition, timeoutMs = 60_000) => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > deadline) throw new Error(`timed out: ${description}`)
    await pause(100)
  }
}

const environment = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }

const run = (args, options = {}) =>
  spawn(process.execPath, ['--no-warnings', wrangler, ...args], { cwd: root, env: environment, ...options })

const finished = (child) =>
  new Promise((resolve, reject) =>
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`wrangler exited with code ${code}`)))),
  )

/** `wrangler dev` with its own state directory. `kill` is `kill -9` of all processes that it started, and of no others. */
export const createTestServer = async ({ port, vars }) => {
  const state = mkdtempSync(join(tmpdir(), 'concord-crash-'))
  await finished(run(['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state], { stdio: 'ignore' }))
  const origin = `http://127.0.0.1:${port}`
  const settings = Object.entries({ JWT_SECRET: 'a secret that only the crash tests use', ...vars })
  let child = null
  let log = ''

  const start = async () => {
    child = run(
      [
        'dev',
        '--port',
        String(port),
        '--inspector-port',
        String(port + 9),
        '--persist-to',
        state,
        '--show-interactive-dev-session=false',
      ].concat(settings.flatMap(([name, value]) => ['--var', `${name}:${value}`])),
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data))
    await until('the server', async () => (await fetch(`${origin}/health`).catch(() => null))?.ok)
  }

  const kill = async () => {
    if (!child) return
    const { pid } = child
    const exited = new Promise((resolve) => child.on('exit', resolve))
    process.kill(-pid, 'SIGKILL')
    await exited
    child = null
    // The runtime is a separate process. The port is free only after it has exited, too.
    await until('the port', async () => (await fetch(`${origin}/health`).catch(() => null)) === null)
  }

  const call = async (method, path, { as, json } = {}) => {
    const response = await fetch(origin + path, {
      method,
      headers: { ...(as && { Authorization: `Token ${as}` }), ...(json && { 'Content-Type': 'application/json' }) },
      ...(json && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    return { status: response.status, json: text === '' ? null : JSON.parse(text) }
  }

  const end = async () => {
    await kill().catch(() => {})
    rmSync(state, { recursive: true, force: true })
  }

  return { start, kill, end, call, log: () => log }
}

/** E-mail, SMS and webhook providers in one server. It checks and records each request, and responds as `behave` decides. */
export const createProviders = async ({ port, behave }) => {
  const accepted = new Map()
  const requests = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => (body += data))
    request.on('end', async () => {
      const message = parse(request, body)
      if (message.error) return reply(response, 400, { name: 'bad_request', message: message.error })
      if (message.searchFor) return reply(response, 200, { messages: [...accepted.values()].filter(({ to }) => to === message.searchFor) })
      const attempt = requests.filter(({ key }) => key === message.key).length + 1
      requests.push({ at: Date.now(), attempt, ...message })
      const accept = () => accepted.set(message.key, { ...message, acceptedCount: (accepted.get(message.key)?.acceptedCount ?? 0) + 1 })
      await behave({
        message,
        attempt,
        accept,
        reply: (status, json, headers) => reply(response, status, json, headers),
        drop: () => request.socket.destroy(),
      })
    })
  })
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  const end = () => {
    server.closeAllConnections()
    server.close()
  }
  return { accepted, requests, end }
}

const reply = (response, status, json = {}, headers = {}) => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
  response.end(JSON.stringify(json))
}

const SMS = '/2010-04-01/Accounts/AC1/Messages.json'

const parse = (request, body) => {
  const url = new URL(request.url, 'http://x')
  const { headers } = request
  if (url.pathname === '/emails' && request.method === 'POST') {
    const { from, to, subject, text } = JSON.parse(body)
    if (headers.authorization !== 'Bearer re_test' || from !== 'help@concord.test' || !subject || !text)
      return { error: 'not a valid e-mail' }
    return { channel: 'email', key: headers['idempotency-key'], to: to[0], body: text }
  }
  if (url.pathname === SMS && headers.authorization === `Basic ${Buffer.from('AC1:tok').toString('base64')}`) {
    if (request.method === 'GET') return { searchFor: url.searchParams.get('To') }
    const form = new URLSearchParams(body)
    // Like the real provider, it has no idempotency keys: two messages differ only by their text.
    return { channel: 'sms', key: `${form.get('To')} ${form.get('Body')}`, to: form.get('To'), body: form.get('Body') }
  }
  if (url.pathname === '/hook' && /^t=\d+,v1=[0-9a-f]{64}$/.test(headers['concord-signature'] ?? '')) {
    return { channel: 'webhook', key: headers['idempotency-key'], to: 'desk', body }
  }
  return { error: `${request.method} ${url.pathname}` }
}

export const providerVars = (port) => ({
  EMAIL_FROM: 'help@concord.test',
  EMAIL_API_KEY: 're_test',
  EMAIL_API_URL: `http://127.0.0.1:${port}`,
  SMS_ACCOUNT_SID: 'AC1',
  SMS_AUTH_TOKEN: 'tok',
  SMS_FROM: '+15550000000',
  SMS_API_URL: `http://127.0.0.1:${port}`,
  ALARM_WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
  ALARM_WEBHOOK_SECRET: 'a secret of the crash tests',
  CARRIER_TIMEOUT_SECONDS: '2',
})

/** Registers an account with scenario 3, two contacts and a therapist. */
export const registerPerson = async (call, username) => {
  const password = 'correct horse 7'
  await call('POST', '/api/v1/user/registration/', { json: { username, password } })
  const { json } = await call('POST', '/api/v1/user/login/', { json: { username, password } })
  const as = json.token
  const id = JSON.parse(Buffer.from(as.split('.')[1], 'base64url').toString()).sub
  const addContact = (contact) => call('PATCH', `/api/v1/user/edit/contact/${id}/`, { as, json: contact })
  await addContact({ name: 'Ann', phone: '+15551110001', email: `ann.${username}@example.com`, relationship: 'sister' })
  await addContact({ name: 'Bob', phone: '+15551110002', relationship: 'friend' })
  const therapist = { name: 'Dr. Hall', phone: '+15551110003', email: `hall.${username}@example.com` }
  await call('PUT', `/api/v1/user/create/therapist/${id}/`, { as, json: therapist })
  await call('PATCH', `/api/v1/user/edit/${id}/`, { as, json: { scenario: 3, location: 'Kyiv' } })
  return { id, as }
}
