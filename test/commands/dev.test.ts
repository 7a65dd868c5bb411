import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createState, type Running, run, serve } from './run.ts'

const state = createState()
let server: Running

beforeAll(async () => {
  server = await serve(state.folder)
})

afterAll(async () => {
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

test('npm run dev prints the URLs of the start page, the API reference and the health check', () => {
  for (const path of ['/', '/docs', '/health']) expect(server.out()).toContain(`http://localhost:${new URL(server.origin).port}${path}`)
})

test('the secret is created once, readable by its owner only', async () => {
  const file = join(import.meta.dirname, '../../.dev.vars')
  expect(readFileSync(file, 'utf8')).toMatch(/^JWT_SECRET=.{48,}$/m)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('all assets of the API reference are served by us', async () => {
  for (const [path, type] of [
    ['/docs/assets/swagger-ui-bundle.js', 'javascript'],
    ['/docs/assets/reference.js', 'javascript'],
    ['/docs/assets/swagger-ui.css', 'text/css'],
    ['/docs/assets/site.css', 'text/css'],
    ['/docs/assets/favicon-32x32.png', 'image/png'],
  ] as const) {
    const response = await fetch(`${server.origin}${path}`)
    expect([path, response.status]).toEqual([path, 200])
    expect(response.headers.get('Content-Type')).toContain(type)
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    await response.arrayBuffer()
  }
})

test('acknowledged writes survive kill -9, and a token stays valid', async () => {
  const registered = await post('/register/', { username: 'survivor', password: 'correct horse 7' })
  expect(registered.status).toBe(201)
  const token = tokenIn(registered)
  expect((await post('/session/', { name: 'Sit', date: '2026-11-20', duration: 5 }, token)).status).toBe(201)
  await server.kill()
  server = await serve(state.folder)
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
  const admin = (...args: string[]) => run('admin', [...args, '--persist-to', state.folder])
  await post('/register/', { username: 'promoted', password: 'correct horse 7' })
  const token = tokenIn(await logIn('promoted', 'correct horse 7'))
  const flags = async () => (await fetch(`${server.origin}/users/byId/`, { headers: { Authorization: `Token ${token}` } })).json()

  expect(await flags()).toMatchObject({ is_admin: false, is_staff: false, is_superuser: false, role: 'user' })
  expect((await admin('grant', 'promoted', '--admin', '--staff')).out).toContain('admin, staff')
  expect(await flags()).toMatchObject({ is_admin: true, is_staff: true, is_superuser: false, role: 'admin' })
  expect((await admin('revoke', 'Promoted', '--admin', '--staff')).out).toContain('no flags')
  expect(await flags()).toMatchObject({ is_admin: false, is_staff: false, role: 'user' })

  expect((await admin('sessions', 'promoted')).out).toContain('active sessions: 2')
  expect((await admin('sessions', 'promoted', '--end')).out).toContain('Sessions ended: 2')
  expect(await status('/session/', token)).toBe(401)

  const newToken = tokenIn(await logIn('promoted', 'correct horse 7'))
  expect((await admin('deactivate', 'promoted')).code).toBe(0)
  expect(await status('/session/', newToken)).toBe(401)
  expect(await logIn('promoted', 'correct horse 7')).toMatchObject({ status: 400, json: { error: 'User account is inactive' } })
  expect((await admin('reactivate', 'promoted')).code).toBe(0)
  expect((await logIn('promoted', 'correct horse 7')).status).toBe(200)

  for (let n = 0; n < 10; n++) await logIn('promoted', 'wrong')
  expect((await logIn('promoted', 'correct horse 7')).status).toBe(429)
  expect((await admin('unlock', 'promoted')).code).toBe(0)
  expect((await logIn('promoted', 'correct horse 7')).status).toBe(200)
})

test('npm run admin create reads the password from its input only', async () => {
  const create = (username: string, input: string) => run('admin', ['create', username, '--staff', '--persist-to', state.folder], input)
  expect(await create('typed', 'correct horse 7\n')).toMatchObject({ code: 0, out: expect.stringContaining('staff') })
  expect((await logIn('typed', 'correct horse 7')).status).toBe(200)
  expect(await create('typed', 'correct horse 7\n')).toMatchObject({ code: 1, out: expect.stringContaining('username') })
  expect(await create('weak', 'pass123\n')).toMatchObject({ code: 1, out: expect.stringContaining('too-short') })
  expect(await create('none', '')).toMatchObject({ code: 1 })
})

test('npm run admin prints an error without a stack trace and exits with 1 for invalid arguments', async () => {
  for (const args of [
    [],
    ['grant'],
    ['grant', 'no.such.account', '--admin'],
    ['grant', 'rachel.green'],
    ['frobnicate', 'x'],
    ['grant', 'x', '--nonsense'],
  ]) {
    const { code, out } = await run('admin', [...args, '--persist-to', state.folder])
    expect([args, code]).toEqual([args, 1])
    expect(out).not.toMatch(/\bat .*\.ts:\d/)
  }
})

test('the server and the commands hash passwords with the full cost, unlike the Worker of the other tests', () => {
  const folder = join(state.folder, 'v3/d1/miniflare-D1DatabaseObject')
  const file = readdirSync(folder).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  const database = new DatabaseSync(join(folder, file ?? 'no database'), { readOnly: true })
  const hashes = database.prepare("SELECT password FROM accounts WHERE username IN ('survivor', 'typed')").all()
  database.close()
  expect(hashes).toHaveLength(2)
  for (const { password } of hashes) expect(password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
})
