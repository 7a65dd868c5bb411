import { afterAll, expect, test, vi } from 'vitest'
import { createState, type Running, run, serve } from './run.ts'

const state = createState()
let server: Running | null = null

afterAll(async () => {
  await server?.kill()
  state.remove()
})

test('npm run admin records its commands, and prints the audit trail', async () => {
  server = await serve(state.folder)
  const admin = (...args: string[]) => run('admin', [...args, '--persist-to', state.folder])
  const body = JSON.stringify({ username: 'watched', email: 'watched@example.com', password: 'correct horse 7' })
  const headers = { 'Content-Type': 'application/json' }
  expect((await fetch(`${server.origin}/user/register/`, { method: 'POST', headers, body })).status).toBe(201)

  // The server writes to the same database: on a busy machine a command may find it locked, and says so.
  await vi.waitFor(async () => expect(await admin('grant', 'watched', '--staff')).toMatchObject({ code: 0 }), {
    timeout: 60_000,
    interval: 500,
  })
  const { code, out } = await admin('audit', '--of', 'watched', '--since', '2020-01-01')
  expect(code).toBe(0)
  const lines = out.trim().split('\n')
  expect(lines[0]).toMatch(/ operator-command +by operator +of watched #\d+ +audit --of --since --persist-to$/)
  expect(lines[1]).toMatch(/ operator-command +by operator +of watched #\d+ +grant --staff --persist-to$/)
  expect(lines.at(-1)).toMatch(/ registered +by anyone +of watched #\d+/)
  expect(out).not.toContain('2020-01-01')
  expect(out).not.toContain(state.folder)
  expect((await admin('audit', '--by', 'watched')).out).toContain('There are no entries.')
  expect((await admin('audit', '--of', 'no.such.account')).out.trim()).toBe('No account has the username no.such.account.')
  expect((await admin('audit', '--since', 'yesterday')).out).toMatch(/^--since must be a date/)
}, 120_000)
