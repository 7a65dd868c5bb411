import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { systemContext } from '../../src/domain/access.ts'
import { pushToStaff } from '../../src/domain/support/push.ts'
import { SupportDesk } from '../../src/durable/support-desk.ts'
import type { AlarmEvent } from '../../src/model/alarm.ts'
import type { PushMessage } from '../../src/model/push.ts'
import { saveSubscription } from '../../src/store/push-subscriptions.ts'
import { createStore } from '../../src/store/store.ts'
import { call } from '../support/call.ts'
import { type Person, personWith } from '../support/people.ts'
import { pushService } from '../support/push-service.ts'
import { until } from '../support/sockets.ts'

const MINUTE = 60_000

const deskObject = () => env.SUPPORT_DESK.getByName('desk')
let service = pushService()
let time = 0

const context = () => ({ ...systemContext(createContext(env, { waitUntil: () => undefined })), push: service.push })

const replace = (dependencies: Partial<SupportDesk['dependencies']>): Promise<void> =>
  runInDurableObject(deskObject(), (desk) => {
    if (!(desk instanceof SupportDesk)) throw new Error('no desk')
    desk.dependencies = { ...desk.dependencies, ...dependencies }
  })

const pending = (): Promise<{ tag: string; attempts: number }[]> =>
  runInDurableObject(deskObject(), (_desk, state) =>
    state.storage.sql.exec<{ tag: string; attempts: number }>('SELECT tag, attempts FROM pushes ORDER BY number').toArray(),
  )

/** A staff member with one device for each path. */
const staffWith = async (...paths: string[]): Promise<Person> => {
  const staff = await personWith('is_staff')
  const credential = await env.DB.prepare('SELECT id FROM credentials WHERE account_id = ?').bind(staff.id).first<string>('id')
  for (const path of paths) {
    const subscription = { ...service.device(path), accountId: staff.id, credentialId: credential ?? '', createdAt: 0 }
    await saveSubscription(createStore(env.DB), subscription, 10)
  }
  return staff
}

const announce = (alarmId: string, change: Partial<AlarmEvent> = {}): Promise<void> =>
  deskObject().announce(`${alarmId}.desk.${change.step ?? 1}`, {
    type: 'alarm',
    accountId: 7,
    username: 'sam',
    alarmId,
    status: 'open',
    step: 1,
    scenario: 'Pattern 2',
    location: 'Berlin',
    triggeredAt: 1,
    acknowledgedBy: null,
    ...change,
  })

const runLater = async (ms: number): Promise<void> => {
  time += ms
  await runDurableObjectAlarm(deskObject())
}

const paths = async (...expected: string[]): Promise<void> => {
  await until(() => service.received.length >= expected.length)
  expect(service.paths()).toEqual(expected.sort())
}

beforeEach(async () => {
  await env.DB.prepare('DELETE FROM push_subscriptions').run()
  service = pushService()
  time = Date.now()
  await runInDurableObject(deskObject(), (_desk, state) => {
    state.storage.sql.exec('DELETE FROM pushes')
  })
  await replace({ now: () => time, push: (message, except) => pushToStaff(context(), message, except) })
})

describe('an alarm', () => {
  test('reaches every device of staff, encrypted and without anything about the person, once', async () => {
    await staffWith('/a', '/b')
    await staffWith('/c')
    await announce('first')
    await paths('/a', '/b', '/c')
    expect(service.received[0]?.message).toEqual({ tag: 'first', title: 'An alarm is open. Open the console.', silent: false })
    await announce('first')
    await until(async () => (await pending()).length === 0)
    await runLater(2 * MINUTE)
    await paths('/a', '/b', '/c')
  })

  test('sounds again at each step, and is replaced without a sound when it is answered', async () => {
    await staffWith('/a')
    await announce('steps')
    await paths('/a')
    await announce('steps', { step: 2 })
    await paths('/a', '/a')
    await announce('steps', { step: 0, status: 'acknowledged' })
    await paths('/a', '/a', '/a')
    expect(service.received.map(({ message }) => message)).toMatchObject([
      { tag: 'steps', silent: false },
      { tag: 'steps', silent: false },
      { tag: 'steps', silent: true },
    ])
  })

  test('does not reach a device whose log-in has ended, or whose account is not staff any more or is closed', async () => {
    const [loggedOut, demoted, closed, expired] = [
      await staffWith('/out'),
      await staffWith('/member'),
      await staffWith('/closed'),
      await staffWith('/expired'),
    ]
    await staffWith('/staff')
    await call('POST', '/user/logout/', { as: loggedOut.token })
    await env.DB.prepare('UPDATE accounts SET is_staff = 0 WHERE id = ?').bind(demoted.id).run()
    await env.DB.prepare('UPDATE accounts SET is_active = 0 WHERE id = ?').bind(closed.id).run()
    await env.DB.prepare('UPDATE credentials SET expires_at = 1 WHERE account_id = ?').bind(expired.id).run()
    await announce('rights')
    await paths('/staff')
    await until(async () => (await pending()).length === 0)
    await paths('/staff')
  })
})

describe('a push service that fails', () => {
  test('is tried again later, for the devices that have not got the message only', async () => {
    await staffWith('/good', '/bad')
    service.statuses.set('/bad', 503)
    await announce('retry')
    await paths('/good')
    await until(async () => (await pending())[0]?.attempts === 1)
    expect(await runInDurableObject(deskObject(), (_desk, state) => state.storage.getAlarm())).not.toBeNull()
    service.statuses.delete('/bad')
    await runLater(MINUTE)
    await paths('/bad', '/good')
    await until(async () => (await pending()).length === 0)
  })

  test('and whose message is replaced by a newer one gets the newer one', async () => {
    await staffWith('/bad')
    service.statuses.set('/bad', 503)
    await announce('newer')
    await until(async () => (await pending())[0]?.attempts === 1)
    service.statuses.delete('/bad')
    await announce('newer', { step: 0, status: 'acknowledged' })
    await paths('/bad')
    expect(service.received[0]?.message).toMatchObject({ title: 'The alarm is being answered.' })
    await until(async () => (await pending()).length === 0)
  })

  test('is not tried for longer than an hour', async () => {
    await staffWith('/bad')
    service.statuses.set('/bad', 500)
    await announce('late')
    let attempts = 0
    while ((await pending()).length > 0) {
      await until(async () => ((await pending())[0]?.attempts ?? 0) !== attempts)
      attempts = (await pending())[0]?.attempts ?? 0
      await runLater(16 * MINUTE)
      await until(async () => ((await pending())[0]?.attempts ?? 0) !== attempts)
    }
    expect(attempts).toBeGreaterThan(2)
    expect(attempts).toBeLessThan(10)
  })

  test('and says that a device is gone loses it at once; the others stay', async () => {
    const staff = await staffWith('/gone', '/unknown', '/good')
    service.statuses.set('/gone', 410)
    service.statuses.set('/unknown', 404)
    await announce('gone')
    await paths('/good')
    await until(async () => (await pending()).length === 0)
    const { results } = await env.DB.prepare('SELECT endpoint FROM push_subscriptions WHERE account_id = ?').bind(staff.id).all()
    expect(results).toEqual([{ endpoint: 'https://push.example/good' }])
  })

  test('does not delay the desk, and a run that was interrupted is repeated', async () => {
    await staffWith('/a')
    const calls: PushMessage[] = []
    await replace({
      push: (message) => {
        calls.push(message)
        return new Promise(() => undefined)
      },
    })
    await announce('hanging')
    await until(() => calls.length === 1)
    await replace({ push: (message, except) => pushToStaff(context(), message, except) })
    await runLater(MINUTE - 1)
    expect(service.received).toEqual([])
    await runLater(1)
    await paths('/a')
  })
})

test('without keys nothing is stored', async () => {
  await staffWith('/a')
  await replace({ push: null })
  await announce('off')
  expect(await pending()).toEqual([])
  expect(service.received).toEqual([])
})
