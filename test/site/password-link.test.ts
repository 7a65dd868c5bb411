import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { sweep } from '../../src/domain/maintenance/sweep.ts'
import { LINK_KINDS, PASSWORD_LINK_LIMITS } from '../../src/model/one-time-link.ts'
import { DAY, HOUR, MINUTE } from '../../src/model/time.ts'
import { call } from '../support/call.ts'
import { linkIn, linkWorker, tokenIn } from '../support/links.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { handleWith, withSystemContext } from '../support/worker-context.ts'

const REQUEST = '/support/password'
const NEW = '/support/password/new'
const NEW_PASSWORD = 'a better horse 8'

type Worker = ReturnType<typeof linkWorker>

const ask = (worker: Worker, name: string, address?: string) =>
  worker.send('POST', REQUEST, { form: { name }, ...(address !== undefined && { address }) })

/** A person who has asked for a link, and the secret in it. */
const asked = async (worker = linkWorker()): Promise<{ sam: Person; token: string; worker: Worker }> => {
  const sam = await person('sam')
  await ask(worker, sam.username)
  return { sam, token: tokenIn(worker.to(sam.email)[0]?.body ?? ''), worker }
}

const setPassword = (worker: Worker, token: string, password = NEW_PASSWORD) => worker.send('POST', NEW, { form: { token, password } })

const canLogIn = async ({ username }: Person, password: string): Promise<boolean> =>
  (await call('POST', '/user/login/', { json: { username, password } })).status === 200

const auditOf = async ({ id }: Person) => {
  const { results } = await env.DB.prepare('SELECT action, role, actor_id, detail FROM audit_entries WHERE subject_id = ? ORDER BY id')
    .bind(id)
    .all()
  return results.map(({ action, role, actor_id, detail }) => [action, role, actor_id, detail])
}

describe('a link for a new password', () => {
  test('is sent to the address of the account, by username or by address in any case', async () => {
    const worker = linkWorker()
    const sam = await person('sam')
    await ask(worker, sam.username.toUpperCase())
    await ask(worker, sam.email.toUpperCase())
    const [first, second] = worker.to(sam.email)
    expect(worker.sent.length).toBe(2)
    expect(linkIn(first?.body ?? '')).toMatch(/^\/support\/password\/new\?token=[0-9a-f]{32}$/)
    expect(tokenIn(second?.body ?? '')).not.toBe(tokenIn(first?.body ?? ''))
    expect(first?.body).toContain(sam.username)
  })

  test('names the account without a link that somebody has put into its name', async () => {
    const worker = linkWorker()
    const email = 'target@example.com'
    await call('POST', '/user/register/', { json: { username: 'log-in.evil.example', email, password: PASSWORD } })
    await ask(worker, email)
    expect(worker.to(email)[0]?.body).toContain('the account log-in evil example.')
  })

  test('goes to the owner of the address, if it is the username of somebody else', async () => {
    const worker = linkWorker()
    const sam = await person('sam')
    const username = sam.email
    await call('POST', '/user/register/', { json: { username, email: `other.${sam.email}`, password: PASSWORD } })
    await ask(worker, sam.email)
    expect(worker.sent.map(({ address }) => address)).toEqual([sam.email])
  })

  test('sets the password once, ends every credential, and is recorded', async () => {
    const { sam, token, worker } = await asked()
    expect((await call('GET', '/session/', { as: sam.token })).status).toBe(200)
    const set = await setPassword(worker, token)
    expect([set.status, set.text.includes('Your new password is set')]).toEqual([200, true])
    expect((await call('GET', '/session/', { as: sam.token })).status).toBe(401)
    expect([await canLogIn(sam, PASSWORD), await canLogIn(sam, NEW_PASSWORD)]).toEqual([false, true])
    expect((await auditOf(sam)).filter(([action]) => String(action).startsWith('password'))).toEqual([
      ['password-link-sent', 'anyone', null, ''],
      ['password-changed', 'anyone', null, 'link'],
    ])
    expect(worker.to(sam.email).map(({ subject }) => subject)).toEqual(['A new password', 'Your password was changed'])
    expect((await setPassword(worker, token, 'another horse 9')).status).toBe(410)
    expect(await canLogIn(sam, NEW_PASSWORD)).toBe(true)
  })

  test('used twenty times at once, sets one password', async () => {
    const { sam, token, worker } = await asked()
    const passwords = Array.from({ length: 20 }, (_, index) => `one of the horses ${index}`)
    const statuses = await Promise.all(passwords.map(async (password) => (await setPassword(worker, token, password)).status))
    expect(statuses.filter((status) => status === 200).length).toBe(1)
    expect(statuses.filter((status) => status === 410).length).toBe(19)
    expect(await canLogIn(sam, passwords[statuses.indexOf(200)] ?? '')).toBe(true)
    expect((await auditOf(sam)).filter(([action]) => action === 'password-changed').length).toBe(1)
  })

  test('ends the other links of the account, and no link of anybody else', async () => {
    const { sam, token, worker } = await asked()
    const other = await asked(worker)
    await ask(worker, sam.username)
    const second = tokenIn(worker.to(sam.email)[1]?.body ?? '')
    expect((await setPassword(worker, second)).status).toBe(200)
    expect((await setPassword(worker, token)).status).toBe(410)
    expect((await setPassword(worker, other.token)).status).toBe(200)
  })

  test('ends a lock that wrong passwords have caused', async () => {
    const { sam, token, worker } = await asked()
    const wrong = () => call('POST', '/user/login/', { json: { username: sam.username, password: 'wrong' } })
    for (let attempt = 0; attempt < 11; attempt++) await wrong()
    expect((await wrong()).status).toBe(429)
    await setPassword(worker, token)
    expect(await canLogIn(sam, NEW_PASSWORD)).toBe(true)
  })

  test('is valid for half an hour', async () => {
    let now = Date.now()
    const { token, worker } = await asked(linkWorker({}, { now: () => now }))
    now += 30 * MINUTE
    expect((await setPassword(worker, token)).status).toBe(410)
    now -= 1
    expect((await setPassword(worker, token)).status).toBe(200)
  })

  test('does nothing for an account that was closed since', async () => {
    const { sam, token, worker } = await asked()
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(sam.id).run()
    expect((await setPassword(worker, token)).status).toBe(410)
    expect((await auditOf(sam)).some(([action]) => action === 'password-changed')).toBe(false)
  })

  test('of another purpose sets no password', async () => {
    const { sam, token, worker } = await asked()
    await env.DB.prepare("UPDATE one_time_links SET purpose = 'alarm' WHERE account_id = ?").bind(sam.id).run()
    expect((await setPassword(worker, token)).status).toBe(410)
    expect(await canLogIn(sam, PASSWORD)).toBe(true)
  })

  test('is stored as a digest only, and in no log', async () => {
    const log = vi.spyOn(console, 'log')
    const { sam, token, worker } = await asked()
    await worker.send('GET', `${NEW}?token=${token}`)
    await setPassword(worker, token)
    const { results } = await env.DB.prepare('SELECT * FROM one_time_links WHERE account_id = ?').bind(sam.id).all()
    expect(results.length).toBe(1)
    expect(JSON.stringify([results, log.mock.calls])).not.toContain(token)
    expect(log.mock.calls.length).toBeGreaterThan(2)
  })

  test('is deleted a day after it has expired', async () => {
    const { sam } = await asked()
    const count = () => env.DB.prepare('SELECT count(*) AS n FROM one_time_links WHERE account_id = ?').bind(sam.id).first('n')
    const sweepAt = (expiresAt: number) =>
      withSystemContext(async (context) => {
        await env.DB.prepare('UPDATE one_time_links SET expires_at = ? WHERE account_id = ?').bind(expiresAt, sam.id).run()
        await sweep(context)
        return count()
      })
    expect(await sweepAt(Date.now() - DAY + MINUTE)).toBe(1)
    expect(await sweepAt(Date.now() - DAY - MINUTE)).toBe(0)
  })
})

describe('a new password', () => {
  test.each([
    ['short', 'This password is too short. It must contain at least 8 characters.'],
    ['', 'This password is too short.'],
    ['password123', 'This password is too common.'],
    ['1234567890123', 'This password is entirely numeric.'],
    ['x'.repeat(129), 'Ensure this field has no more than 128 characters.'],
  ])('%j: the form says what is wrong, and the link is still good', async (password, text) => {
    const { token, worker } = await asked()
    const rejected = await setPassword(worker, token, password)
    expect([rejected.status, rejected.text.includes(text), rejected.text.includes(token)]).toEqual([400, true, true])
    expect((await setPassword(worker, token)).status).toBe(200)
  })

  test('leaves the secret in its field as it was sent, even if it reads like a gap of the page', async () => {
    for (const token of ['{errors}', '{token}{errors}', "$&$'"]) {
      const rejected = await setPassword(linkWorker(), token, '1')
      expect([rejected.status, rejected.text]).toEqual([400, expect.stringContaining('<p class="error">')])
      const value = token.replace('&', '&amp;').replace("'", '&#39;')
      expect(rejected.text).toContain(`name="token" value="${value}"`)
    }
  })

  test('is used exactly as it was sent', async () => {
    const { sam, token, worker } = await asked()
    await setPassword(worker, token, '  spaces around ')
    expect(await canLogIn(sam, '  spaces around ')).toBe(true)
  })

  test('with an invented link costs no hash', async () => {
    const hash = vi.fn()
    const { passwords } = createContext(env, { waitUntil: () => {} })
    const worker = linkWorker({}, { passwords: { ...passwords, hash } })
    for (const token of ['', 'x', 'f'.repeat(32)]) expect((await setPassword(worker, token)).status).toBe(410)
    expect(hash).not.toHaveBeenCalled()
  })
})

describe('who asks', () => {
  test('gets the same response, and at once, whether there is an account or not', async () => {
    const sam = await person('sam')
    const closed = await person('sam')
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(closed.id).run()
    const responses = await Promise.all(
      [sam.username, sam.email, closed.email, 'nobody', 'nobody@example.com'].map(async (name) => {
        const later: Promise<unknown>[] = []
        const context = createContext({ ...env, PUBLIC_URL: 'https://help.example' }, { waitUntil: (work) => later.push(work) })
        // The response must not wait for the database or for the provider.
        const never = {
          ...context,
          store: { ...context.store, orm: new Proxy(context.store.orm, { get: () => () => new Promise(() => {}) }) },
        }
        const request = new Request(`https://concord.test${REQUEST}`, { method: 'POST', body: new URLSearchParams({ name }) })
        const response = await handleWith(request, never)
        return [response.status, await response.text(), later.length]
      }),
    )
    expect(new Set(responses.map((response) => JSON.stringify(response))).size).toBe(1)
    expect(responses[0]?.[0]).toBe(200)
    const worker = linkWorker()
    for (const name of [closed.email, closed.username, 'nobody', 'nobody@example.com']) await ask(worker, name)
    expect(worker.sent).toEqual([])
  })

  test('cannot flood a mailbox: three links an hour and ten a day, however many requests come at once', async () => {
    let now = Date.now()
    const worker = linkWorker({}, { now: () => now })
    const sam = await person('sam')
    const askOften = () => Promise.all(Array.from({ length: 15 }, (_, index) => ask(worker, sam.email, `192.0.2.${index}`)))
    await askOften()
    expect(worker.sent.length).toBe(3)
    for (let hour = 0; hour < 5; hour++) {
      now += HOUR + MINUTE
      await askOften()
    }
    expect(worker.sent.length).toBe(10)
    now += DAY
    await ask(worker, sam.email)
    expect(worker.sent.length).toBe(11)
  })

  test('cannot write to many mailboxes from one network', async () => {
    const worker = linkWorker()
    const max = PASSWORD_LINK_LIMITS.ofNetwork.max
    await env.DB.prepare('DELETE FROM one_time_links').run()
    const sam = await person('sam')
    await ask(worker, sam.email, '198.51.100.1')
    await env.DB.prepare(
      `INSERT INTO one_time_links SELECT 'x' || value, purpose, subject, ?, created_at, expires_at, NULL
       FROM one_time_links, json_each(?) WHERE account_id = ?`,
    )
      .bind((await person()).id, JSON.stringify(Array.from({ length: max - 1 }, (_, index) => index)), sam.id)
      .run()
    await ask(worker, sam.email, '198.51.100.1')
    expect(worker.sent.length).toBe(1)
    await ask(worker, sam.email, '198.51.100.2')
    expect(worker.sent.length).toBe(2)
  })

  test.each([
    ['no address for links', { PUBLIC_URL: '' }],
    ['no channel', { OUTBOX_IS_CHANNEL: 'false' }],
  ])('%s: the page says so, and nothing is stored or sent', async (_what, settings) => {
    const worker = linkWorker(settings)
    const sam = await person('sam')
    for (const response of [await worker.send('GET', REQUEST), await ask(worker, sam.email), await ask(worker, 'nobody')]) {
      expect([response.status, response.text.includes('This server sends no e-mail')]).toEqual([200, true])
    }
    expect(worker.sent).toEqual([])
    expect(await env.DB.prepare('SELECT 1 FROM one_time_links WHERE account_id = ?').bind(sam.id).first()).toBeNull()
  })

  test('gets the message although the first attempts to send it fail', async () => {
    const outcomes = ['retry', 'uncertain', 'sent'] as const
    const keys: string[] = []
    const context = createContext(env, { waitUntil: () => {} })
    const email = {
      name: 'email',
      send: async ({ key }: { key: string }) => {
        keys.push(key)
        const type = outcomes[keys.length - 1] ?? 'sent'
        return type === 'sent' ? { type, reference: null } : { type, reason: 'x', afterMs: null }
      },
    }
    const worker = linkWorker({}, { carriers: { ...context.carriers, email }, sleep: async () => {} })
    await ask(worker, (await person('sam')).email)
    expect(keys.length).toBe(3)
    expect(new Set(keys).size).toBe(1)
  })
})

describe('the pages', () => {
  test.each([REQUEST, `${NEW}?token=${'a'.repeat(32)}`])(
    '%s changes nothing, needs no script, and tells nobody its address',
    async (path) => {
      const page = await linkWorker().send('GET', path)
      expect(page.status).toBe(200)
      expect(page.headers.get('Referrer-Policy')).toBe('no-referrer')
      expect(page.headers.get('Cache-Control')).toBe('no-store')
      expect(page.headers.get('Content-Security-Policy')).toContain("form-action 'self'")
      expect(page.headers.get('X-Frame-Options')).toBe('DENY')
      expect(page.text).not.toMatch(/<script|\sstyle=|https?:\/\//)
      expect(page.text).toContain('<form method="post"')
    },
  )

  test('what stands in the address is shown as text', async () => {
    const { text } = await linkWorker().send('GET', `${NEW}?token=${encodeURIComponent('"><script>alert(1)</script>')}`)
    expect(text).not.toContain('<script>')
  })

  test('have the paths that the links lead to', async () => {
    for (const { path } of [LINK_KINDS.password]) expect((await linkWorker().send('GET', path)).status).toBe(200)
  })

  test('the console and the support page lead to it', async () => {
    for (const page of ['/console', '/support']) expect((await call('GET', page)).text).toContain('href="/support/password"')
  })
})
