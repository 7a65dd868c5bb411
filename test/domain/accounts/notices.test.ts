import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { sendNotices } from '../../../src/domain/accounts/notices.ts'
import { findAccount, setPassword } from '../../../src/domain/accounts/operator-actions.ts'
import { type AcceptedPassword, isAcceptable } from '../../../src/domain/accounts/password-rules.ts'
import { runOften } from '../../../src/domain/maintenance/run-often.ts'
import worker from '../../../src/index.ts'
import { NOTICE_RULE } from '../../../src/model/account-notices.ts'
import type { Outcome } from '../../../src/model/alarm.ts'
import { DAY, MINUTE } from '../../../src/model/time.ts'
import type { Message } from '../../../src/providers/carrier.ts'
import { claimDueMessages } from '../../../src/store/account-notices.ts'
import { createStore } from '../../../src/store/store.ts'
import { call } from '../../support/call.ts'
import { expensiveSteps, explain } from '../../support/explain.ts'
import { freshName, PASSWORD, type Person, person } from '../../support/people.ts'
import { withOperatorContext, withSystemContext } from '../../support/worker-context.ts'

const stores = import.meta.glob<string>('../../../src/store/*.ts', { query: '?raw', import: 'default', eager: true })

interface Row {
  readonly key: string
  readonly address: string
  readonly subject: string
  readonly body: string
  readonly due_at: number | null
}

const noticesOf = async ({ id }: Person): Promise<Row[]> =>
  (await env.DB.prepare(`SELECT * FROM outbox WHERE account_id = ? AND key LIKE 'notice.%' ORDER BY created_at, key`).bind(id).all<Row>())
    .results

const shortly = async (someone: Person) => (await noticesOf(someone)).map(({ address, subject }) => [address, subject])

const NEW_PASSWORD = 'another horse 8'
const PASSWORD_CHANGED = 'Your password was changed'
const EMAIL_CHANGED = 'Your e-mail address was changed'
const PHONE_CHANGED = 'Your phone number was changed'

const acceptedPassword = (password: string): AcceptedPassword => {
  if (!isAcceptable(password, 'strict')) throw new Error('not acceptable')
  return password
}

const reset = (someone: Person, password = NEW_PASSWORD) =>
  call('PUT', '/users/reset/', { as: someone.token, json: { username: someone.username, old_password: PASSWORD, new_password: password } })

const change = (someone: Person, json: object) => call('PATCH', '/users/byId/', { as: someone.token, json })

describe('a notice is written', () => {
  test('of a new password, to the address of the account, without a secret', async () => {
    const sam = await person()
    expect((await reset(sam)).status).toBe(200)
    expect(await shortly(sam)).toEqual([[sam.email, PASSWORD_CHANGED]])
    const [notice] = await noticesOf(sam)
    expect(notice?.body).toContain('the password of the account')
    for (const secret of [PASSWORD, NEW_PASSWORD, 'argon2', 'http']) expect(notice?.body).not.toContain(secret)
  })

  test('of a new e-mail address, to the old one and the new one; neither tells the other', async () => {
    const sam = await person()
    const email = `${freshName()}@example.com`
    expect((await change(sam, { email })).status).toBe(200)
    expect(await shortly(sam)).toEqual([
      [sam.email, EMAIL_CHANGED],
      [email, EMAIL_CHANGED],
    ])
    for (const { body } of await noticesOf(sam)) for (const address of [sam.email, email]) expect(body).not.toContain(address)
  })

  test('of a new phone number', async () => {
    const sam = await person()
    const phone = `+49151${String(Date.now()).slice(-8)}`
    expect((await change(sam, { phone_number: phone })).status).toBe(200)
    expect(await shortly(sam)).toEqual([[sam.email, PHONE_CHANGED]])
    expect((await noticesOf(sam))[0]?.body).not.toContain(phone)
  })

  test('by the operator’s command for a new password', async () => {
    const sam = await person()
    await withOperatorContext(async (context) => {
      const account = await findAccount(context, sam.username)
      if (!account) throw new Error('no account')
      await setPassword(context, account, acceptedPassword('correct horse 9x'))
    })
    expect(await shortly(sam)).toEqual([[sam.email, PASSWORD_CHANGED]])
  })

  test('by every statement that changes a password or an address: there are no others than these', () => {
    const writers = Object.entries(stores).flatMap(([path, source]) =>
      [...source.matchAll(/\.update\(accounts\)\s*\.set\(\{([^}]*(?:\{[^}]*\}[^}]*)*)\}\)/g)]
        .filter(([, values = '']) => /\b(?:password|email|phoneNumber|changes)\b/.test(values))
        .map(() => path.replace(/^.*\//, '')),
    )
    // At a log-in, the hash of the same password is replaced by a newer one. Closing an account changes its flags.
    // A password that a link has set is told in an e-mail of its own (test/site/password-link.test.ts).
    expect(writers.sort()).toEqual([
      'account-closing.ts',
      'accounts.ts',
      'credentials.ts',
      'password-links.ts',
      'passwords.ts',
      'passwords.ts',
    ])
  })
})

describe('no notice is written', () => {
  test('of a change that changes nothing, of one that fails, and of other values', async () => {
    const [sam, other] = [await person(), await person()]
    await change(sam, { email: sam.email })
    await change(sam, { first_name: 'Sam' })
    expect((await change(sam, { email: other.email })).status).toBeGreaterThanOrEqual(400)
    await call('PUT', '/users/reset/', {
      as: sam.token,
      json: { username: sam.username, old_password: 'wrong', new_password: NEW_PASSWORD },
    })
    expect(await noticesOf(sam)).toEqual([])
  })

  test('to an account without an address', async () => {
    const sam = await person()
    await env.DB.prepare(`UPDATE accounts SET email = '', email_key = NULL WHERE id = ?`).bind(sam.id).run()
    expect((await reset(sam)).status).toBe(200)
    expect(await noticesOf(sam)).toEqual([])
  })

  test('above ten changes in a day, also if they are made at the same time', async () => {
    const sam = await person()
    const changes = Array.from({ length: 14 }, (_, index) => change(sam, { email: `${index}.${sam.email}` }))
    const statuses = (await Promise.all(changes)).map(({ status }) => status)
    expect(statuses.every((status) => status === 200)).toBe(true)
    expect(await noticesOf(sam)).toHaveLength(2 * NOTICE_RULE.perDay)
    await env.DB.prepare(`UPDATE quota_uses SET day = '2020-01-01' WHERE account_id = ?`).bind(sam.id).run()
    await change(sam, { email: sam.email })
    expect(await noticesOf(sam)).toHaveLength(2 * NOTICE_RULE.perDay + 2)
  })
})

test('of two password changes at the same time, the one that succeeds is noticed', async () => {
  const sam = await person()
  const statuses = (await Promise.all([reset(sam, 'another horse 8'), reset(sam, 'another horse 9')])).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(await shortly(sam)).toEqual([[sam.email, PASSWORD_CHANGED]])
})

describe('the cron sends notices', () => {
  /** All notices of other tests are gone. */
  const changed = async (): Promise<Person> => {
    await env.DB.prepare(`DELETE FROM outbox`).run()
    const sam = await person()
    await reset(sam)
    return sam
  }

  const sendWith = (outcome: Outcome, { after = 0 } = {}) => {
    const sent: Message[] = []
    const run = withSystemContext((context) =>
      sendNotices({
        ...context,
        now: () => Date.now() + after,
        carriers: {
          ...context.carriers,
          email: {
            name: 'test',
            send: async (message) => {
              sent.push(message)
              return outcome
            },
          },
        },
      }),
    )
    return run.then(() => sent)
  }

  test('once, and deletes what was sent; also if two run at the same time', async () => {
    const sam = await changed()
    const [one, two] = await Promise.all([sendWith({ type: 'sent', reference: null }), sendWith({ type: 'sent', reference: null })])
    expect([...one, ...two]).toMatchObject([{ address: sam.email, recipient: sam.username, subject: PASSWORD_CHANGED, accountId: sam.id }])
    expect(await noticesOf(sam)).toEqual([])
  })

  test('without a provider, they stay in the outbox and are not tried again', async () => {
    const sam = await changed()
    await withSystemContext(runOften)
    expect(await noticesOf(sam)).toMatchObject([{ address: sam.email, due_at: null }])
    expect(await sendWith({ type: 'sent', reference: null }, { after: DAY })).toEqual([])
  })

  test('again if that failed, with the same key, for a day', async () => {
    const sam = await changed()
    const retry: Outcome = { type: 'retry', reason: 'HTTP 500', afterMs: null }
    const [first] = await sendWith(retry)
    expect(await sendWith(retry)).toEqual([])
    const [second] = await sendWith(retry, { after: 11 * MINUTE })
    expect(second?.key).toBe(first?.key)
    expect(await sendWith(retry, { after: DAY + MINUTE })).toHaveLength(1)
    expect(await noticesOf(sam)).toMatchObject([{ due_at: null }])
    expect(await sendWith(retry, { after: 2 * DAY })).toEqual([])
  })

  test('by the index of what is due', async () => {
    expect(expensiveSteps(await explain((store) => claimDueMessages(store, { now: 1, retryAt: 2, limit: 3 })))).toEqual([])
    expect(await claimDueMessages(createStore(env.DB), { now: 1, retryAt: 2, limit: 3 })).toEqual([])
  })

  test('with the Worker’s own schedule', async () => {
    const sam = await changed()
    const execution = createExecutionContext()
    await worker.scheduled(createScheduledController({ cron: '*/5 * * * *' }), env, execution)
    await waitOnExecutionContext(execution)
    expect(await noticesOf(sam)).toMatchObject([{ due_at: null }])
  })
})
