import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createAdmin } from './admin-here.ts'
import { createState, databaseFile, type Running, run, serve, WITHOUT_LOGIN_DELAYS } from './run.ts'

const state = createState()
const { run: admin, close } = createAdmin(state.folder)
let server: Running

beforeAll(async () => {
  server = await serve(state.folder, undefined, WITHOUT_LOGIN_DELAYS)
})

afterAll(async () => {
  await close()
  await server.kill()
  state.remove()
})

const post = async (path: string, json: object, token?: string) => {
  const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Token ${token}` }) }
  const response = await fetch(`${server.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(json) })
  return { status: response.status, json: await response.json() }
}

const status = async (path: string, token: string): Promise<number> =>
  (await fetch(`${server.origin}${path}`, { headers: { Authorization: `Token ${token}` } })).status

const tokenIn = ({ json }: { json: unknown }): string =>
  typeof json === 'object' && json !== null && 'token' in json ? String(json.token) : 'none'

const logIn = async (username: string, password: string) => post('/login/', { username, password })

const port = (): string => new URL(server.origin).port

test('npm run dev prints its URLs and the way to demo data, then one line for each request', async () => {
  await vi.waitFor(() => expect(server.out()).toContain('npm run seed'), 30_000)
  for (const path of ['/', '/docs', '/console', '/support', '/health'])
    expect(server.out()).toContain(`http://localhost:${port()}${path}\n`)
  const before = server.out()
  expect(before.indexOf('Preparing')).toBeLessThan(before.indexOf('/console'))
  await (await fetch(`${server.origin}/no-such-path`, { headers: { 'X-Request-Id': 'one-line-each' } })).text()
  await (await fetch(`${server.origin}/docs`, { headers: { 'X-Request-Id': 'one-line-more' } })).text()
  await vi.waitFor(() => expect(server.out()).toContain('one-line-more'), 10_000)
  const lines = server
    .out()
    .slice(before.length)
    .split('\n')
    .filter((line) => !line.includes('"/health"') && line !== '')
  expect(lines.map((line) => JSON.parse(line).request_id)).toEqual(['one-line-each', 'one-line-more'])
})

test('npm run dev is refused while another one uses the port or the database, whose registry it leaves alone', async () => {
  const registry = join(state.folder, 'registry')
  const entries = () => readdirSync(registry).map((name) => [name, readFileSync(join(registry, name), 'utf8')])
  await vi.waitFor(() => expect(entries()).toMatchObject([['concord', expect.stringContaining('debugPortAddress')]]))
  const before = entries()
  const other = createState()
  const samePort = await run('dev', ['--port', port(), '--persist-to', other.folder])
  expect(samePort).toEqual({ code: 1, out: expect.stringMatching(/^Port \d+ is in use\. [^\n]*\n$/) })
  const sameDatabase = await run('dev', ['--port', String(Number(port()) + 1), '--persist-to', state.folder])
  expect(sameDatabase).toEqual({ code: 1, out: expect.stringMatching(/^Another server is running on the database in [^\n]*\n$/) })
  expect(entries()).toEqual(before)
  other.remove()
})

test('the secret is created once, readable by its owner only', async () => {
  const file = join(import.meta.dirname, '../../.dev.vars')
  expect(readFileSync(file, 'utf8')).toMatch(/^JWT_SECRET=.{48,}$/m)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('all assets of the API reference and the pages are served by us, with a strict policy', async () => {
  for (const [path, type] of [
    ['/docs/assets/reference.js', 'javascript'],
    ['/docs/assets/reference.css', 'text/css'],
    ['/docs/assets/recovery.html', 'text/html'],
    ['/docs/assets/site.css', 'text/css'],
    ['/docs/assets/icon.svg', 'image/svg+xml'],
    ['/console/assets/console.js', 'javascript'],
    ['/console/assets/support.css', 'text/css'],
    ['/console/assets/icon.svg', 'image/svg+xml'],
  ] as const) {
    const response = await fetch(`${server.origin}${path}`)
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('Content-Type')).toContain(type)
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    await response.arrayBuffer()
  }
})

test('acknowledged writes survive kill -9, and a token stays valid', async () => {
  const registered = await post('/register/', { username: 'survivor', password: 'correct horse 7' })
  expect(registered.status).toBe(201)
  const token = tokenIn(registered)
  expect((await post('/session/', { name: 'Sit', date: '2026-11-20', duration: 5 }, token)).status).toBe(201)
  await server.kill()
  server = await serve(state.folder, undefined, WITHOUT_LOGIN_DELAYS)
  const response = await fetch(`${server.origin}/session/`, { headers: { Authorization: `Token ${token}` } })
  expect(await response.json()).toMatchObject([{ name: 'Sit', date: '2026-11-20', duration: 5 }])
  expect((await logIn('survivor', 'correct horse 7')).status).toBe(200)
})

test('npm run seed prints the accounts that it creates, creates them once, and they can log in', async () => {
  const first = await run('seed', ['--persist-to', state.folder])
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('rachel.green / password123')])
  const second = await run('seed', ['--persist-to', state.folder])
  expect([second.code, second.out]).toEqual([0, expect.stringContaining('rachel.green exists already')])
  for (const username of ['rachel.green', 'ross.geller', 'admin']) expect((await logIn(username, 'password123')).status).toBe(200)
})

test('npm run admin changes the running database, with effect from the next request', async () => {
  await post('/register/', { username: 'promoted', password: 'correct horse 7' })
  const token = tokenIn(await logIn('promoted', 'correct horse 7'))
  const flags = async () => (await fetch(`${server.origin}/users/byId/`, { headers: { Authorization: `Token ${token}` } })).json()

  expect(await flags()).toMatchObject({ is_admin: false, is_staff: false, is_superuser: false, role: 'user' })
  expect((await run('admin', ['grant', 'promoted', '--admin', '--staff', '--persist-to', state.folder])).out).toContain('admin, staff')
  expect(await flags()).toMatchObject({ is_admin: true, is_staff: true, is_superuser: false, role: 'admin' })
  expect((await admin(['revoke', 'Promoted', '--admin', '--staff'])).out).toContain('no flags')
  expect(await flags()).toMatchObject({ is_admin: false, is_staff: false, role: 'user' })

  expect((await admin(['sessions', 'promoted'])).out).toContain('active sessions: 2')
  expect((await admin(['sessions', 'promoted', '--end'])).out).toContain('Sessions ended: 2')
  expect(await status('/session/', token)).toBe(401)

  const newToken = tokenIn(await logIn('promoted', 'correct horse 7'))
  expect((await admin(['deactivate', 'promoted'])).code).toBe(0)
  expect(await status('/session/', newToken)).toBe(401)
  expect(await logIn('promoted', 'correct horse 7')).toMatchObject({ status: 400, json: { error: 'User account is inactive' } })
  expect((await admin(['reactivate', 'promoted'])).code).toBe(0)
  expect((await logIn('promoted', 'correct horse 7')).status).toBe(200)

  for (let n = 0; n < 10; n++) await logIn('promoted', 'wrong')
  expect((await logIn('promoted', 'correct horse 7')).status).toBe(429)
  expect((await admin(['unlock', 'promoted'])).code).toBe(0)
  expect((await logIn('promoted', 'correct horse 7')).status).toBe(200)
})

test('npm run admin clears the gate of an account that it has changed, if reads may go to replicas', async () => {
  await post('/register/', { username: 'replicated', password: 'correct horse 7' })
  const cleared: string[] = []
  let isReachable = true
  const clearGate = async (username: string) => {
    if (!isReachable) throw new Error('not running')
    cleared.push(username)
  }
  const unused = () => Promise.reject(new Error('not called here'))
  const { run: adminWithReplicas, close: end } = createAdmin(state.folder, {
    READ_REPLICAS: 'true',
    OPERATOR: {
      clearGate,
      erase: unused,
      rehearse: unused,
      export: unused,
    },
  })
  expect((await adminWithReplicas(['list'])).code).toBe(0)
  expect(cleared).toEqual([])
  expect((await adminWithReplicas(['grant', 'replicated', '--staff'])).code).toBe(0)
  expect(cleared).toEqual(['replicated'])
  isReachable = false
  expect(await adminWithReplicas(['sessions', 'replicated', '--end'])).toEqual({
    code: 1,
    out: expect.stringContaining('replicated may be answered from an older copy of the database for up to an hour'),
  })
  await end()
})

test('npm run admin set-password ends all sessions, and the old password is rejected', async () => {
  await post('/register/', { username: 'forgetful', password: 'correct horse 7' })
  const token = tokenIn(await logIn('forgetful', 'correct horse 7'))
  const changed = await admin(['set-password', 'Forgetful'], 'correct horse 8\n')
  expect(changed).toEqual({ code: 0, out: 'forgetful has a new password. Sessions ended: 2.\n' })
  expect(await status('/session/', token)).toBe(401)
  expect((await logIn('forgetful', 'correct horse 7')).status).toBe(400)
  expect((await logIn('forgetful', 'correct horse 8')).status).toBe(200)
})

test('npm run admin list shows the accounts by page', async () => {
  for (const username of ['listed', 'listed.too'])
    await post('/user/register/', { username, email: `${username}@example.com`, password: 'correct horse 7' })
  expect((await admin(['list', '--limit', '1000'])).out).toMatch(/^\d+ +listed +listed@example\.com +– +yes$/m)
  const { out } = await admin(['list', '--limit', '1'])
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^id +username +e-mail +flags +active$/),
    expect.stringMatching(/^1 /),
    'More: npm run admin -- list --after 1 --limit 1',
    '',
  ])
})

test('npm run admin export writes a copy of a person’s data, from the running Worker', async () => {
  const registered = await post('/register/', { username: 'curious', password: 'correct horse 7' })
  const room = await fetch(`${server.origin}/account/export`, { headers: { Authorization: `Token ${tokenIn(registered)}` } })
  const file = join(state.folder, 'curious.json')
  expect(await admin(['export', 'Curious', '--out', file])).toEqual({ code: 0, out: `The data of Curious is in ${file}.\n` })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const written = JSON.parse(readFileSync(file, 'utf8'))
  const { audit_trail: trail, exported_at: _, ...rest } = JSON.parse(await room.text())
  expect(written).toMatchObject({ account: rest.account, credentials: rest.credentials })
  expect(Object.keys(written)).toEqual(['exported_at', ...Object.keys(rest).slice(0, -2), 'audit_trail', 'pictures', 'support_files'])
  expect(trail).toHaveLength(2)
  expect(written.audit_trail.map(({ action }: { action: string }) => action).slice(0, 2)).toEqual(['account-exported', 'operator-command'])
  expect(await admin(['export', 'Curious', '--out', file])).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was written') })
  expect(JSON.parse((await admin(['export', 'curious'])).out)).toMatchObject({ account: rest.account })
  expect(await admin(['export', 'nobody.here'])).toEqual({ code: 1, out: 'No account has the username nobody.here.\n' })
})

test('npm run admin records its commands, and prints the audit trail', async () => {
  expect((await post('/user/register/', { username: 'watched', email: 'watched@example.com', password: 'correct horse 7' })).status).toBe(
    201,
  )
  expect(await admin(['grant', 'watched', '--staff'])).toMatchObject({ code: 0 })
  const { code, out } = await admin(['audit', '--of', 'watched', '--since', '2020-01-01'])
  expect(code).toBe(0)
  const lines = out.trim().split('\n')
  expect(lines[0]).toMatch(/ operator-command +by operator +of watched #\d+ +audit --of --since --persist-to$/)
  expect(lines[1]).toMatch(/ operator-command +by operator +of watched #\d+ +grant --staff --persist-to$/)
  expect(lines.at(-1)).toMatch(/ registered +by anyone +of watched #\d+/)
  expect(out).not.toContain('2020-01-01')
  expect(out).not.toContain(state.folder)
  // At the same time: commands do not disturb each other. One that waits for another one for more than a second reports it first.
  const audit = async (...args: string[]) => {
    const { out } = await run('admin', ['audit', ...args, '--persist-to', state.folder])
    return { out: out.replace('The database is busy: waiting …\n', '') }
  }
  const [byNobody, ofNobody, sinceNever] = await Promise.all([
    audit('--by', 'watched'),
    audit('--of', 'no.such.account'),
    admin(['audit', '--since', 'yesterday']),
  ])
  expect(byNobody.out).toContain('There are no entries.')
  expect(ofNobody.out.trim()).toBe('No account has the username no.such.account.')
  expect(sinceNever.out).toMatch(/^--since must be a date/)
})

test('npm run admin erase asks for the username once more', async () => {
  await post('/register/', { username: 'leaving', password: 'correct horse 7' })
  const erase = ['erase', 'leaving']
  expect(await admin(erase, 'living\n')).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was erased') })
  expect((await logIn('leaving', 'correct horse 7')).status).toBe(200)
  expect(await admin(erase, 'Leaving\n')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^leaving \(\d+\) was erased:/),
  })
  expect(await admin([...erase, '--yes'])).toEqual({ code: 1, out: 'No account has the username leaving.\n' })
})

test('npm run admin create reads the password from its input only', async () => {
  const create = (username: string, input: string) => admin(['create', username, '--staff'], input)
  expect(await create('typed', 'correct horse 7\n')).toMatchObject({ code: 0, out: expect.stringContaining('staff') })
  expect((await logIn('typed', 'correct horse 7')).status).toBe(200)
  expect(await create('typed', 'correct horse 7\n')).toMatchObject({ code: 1, out: expect.stringContaining('username') })
  expect(await create('weak', 'pass123\n')).toMatchObject({ code: 1, out: expect.stringContaining('too-short') })
  expect(await create('none', '')).toMatchObject({ code: 1 })
  const withEmail = await admin(['create', 'mailed', '--email', 'mailed@example'], 'correct horse 7\n')
  expect(withEmail).toEqual({ code: 1, out: 'mailed@example is not a valid e-mail address.\n' })
})

test('npm run admin prints an error without a stack trace and exits with 1 for invalid arguments', async () => {
  const commandLines = [[], ['grant'], ['grant', 'no.such.account', '--admin'], ['frobnicate', 'x'], ['grant', 'x', '--nonsense']]
  const commandLinesHere = [
    ['grant', 'rachel.green'],
    ['unlock', 'no.such.account'],
    ['set-password', 'no.such.account'],
    ['list', '--limit', '0'],
  ]
  // At the same time: commands do not disturb each other.
  const results = await Promise.all([
    ...commandLines.map(async (args) => ({ args, ...(await run('admin', [...args, '--persist-to', state.folder])) })),
    ...commandLinesHere.map(async (args) => ({ args, ...(await admin(args)) })),
  ])
  for (const { args, code, out } of results) {
    expect([args, code]).toEqual([args, 1])
    expect(out).not.toMatch(/\bat .*\.ts:\d/)
  }
})

test('the server and the commands hash passwords with the full cost, unlike the Worker of the other tests', () => {
  const database = new DatabaseSync(databaseFile(state.folder), { readOnly: true })
  const hashes = database.prepare("SELECT password FROM accounts WHERE username IN ('survivor', 'typed', 'ross.geller')").all()
  const demo = database.prepare(
    "SELECT count(DISTINCT password) AS n FROM accounts WHERE username IN ('rachel.green', 'ross.geller', 'admin')",
  )
  expect(demo.get()).toEqual({ n: 1 }) // the demo accounts share one
  database.close()
  expect(hashes).toHaveLength(3)
  for (const { password } of hashes) expect(password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})
