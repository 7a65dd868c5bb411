import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { operatorContext } from '../../src/domain/access.ts'
import { clearGateOf } from '../../src/domain/accounts/operator-actions.ts'
import { personWithContacts } from '../support/alarms.ts'
import { plan, subscribe } from '../support/matrimony.ts'
import { PASSWORD, type Person, person, personWith } from '../support/people.ts'
import { workerWithReplicas } from '../support/replicas.ts'

const NEVER = new Promise<never>(() => undefined)
const UNREAD = '/message/unreadmessages/'
const BOOKMARK = /^\d{8}-/

/** After a write the primary is asked for some seconds. */
const isLongAgo = ({ id }: Person) =>
  runInDurableObject(env.ACCOUNT_GATE.getByName(String(id)), (_, { storage }) => {
    storage.sql.exec('UPDATE gate SET written_at = 0')
  })

test('without the setting there are neither sessions nor gates', async () => {
  const { recorded, send } = workerWithReplicas({ setting: '' })
  const { token: as } = await person()
  expect((await send('GET', UNREAD, { as })).status).toBe(200)
  expect((await send('POST', '/user/logout/', { as })).status).toBe(200)
  expect(recorded).toEqual({ sessions: [], gateCalls: [] })
})

test('the first read goes to the primary, the next one to a replica that contains what was seen', async () => {
  const { recorded, send } = workerWithReplicas()
  const sam = await person()
  expect((await send('GET', UNREAD, { as: sam.token })).status).toBe(200)
  expect(recorded.sessions).toEqual(['first-primary'])
  expect(recorded.gateCalls).toEqual([`${sam.id} open`, `${sam.id} leave`])
  expect((await send('GET', UNREAD, { as: sam.token })).status).toBe(200)
  expect(recorded.sessions).toEqual(['first-primary', expect.stringMatching(BOOKMARK)])
})

test('a write goes to the primary and is at the gates of both people before it is answered', async () => {
  const { recorded, send } = workerWithReplicas()
  const [sam, alex] = [await person(), await person()]
  await subscribe(sam, await plan('platinum', 100))
  await send('GET', UNREAD, { as: alex.token })
  recorded.gateCalls.length = 0
  const sent = await send('POST', '/message/', { as: sam.token, json: { receiver_id: alex.id, content: 'Hello!' } })
  expect(sent.status).toBe(201)
  expect(recorded.gateCalls.sort()).toEqual([`${sam.id} leave write`, `${alex.id} leave write`].sort())
  expect(recorded.sessions.every((start) => start === 'first-primary')).toBe(true)
  await send('GET', UNREAD, { as: alex.token })
  expect(recorded.sessions.at(-1)).toBe('first-primary')
  await isLongAgo(alex)
  await send('GET', UNREAD, { as: alex.token })
  expect(recorded.sessions.at(-1)).toMatch(BOOKMARK)
})

test('a log-out, a log-in and a new password are at the gate', async () => {
  const { recorded, send } = workerWithReplicas()
  const sam = await person()
  const json = { username: sam.username, password: PASSWORD }
  await send('POST', '/user/login/', { json })
  expect(recorded.gateCalls).toEqual([`${sam.id} leave write`])
  await send('POST', '/user/logout/', { as: sam.token })
  expect(recorded.gateCalls).toEqual([`${sam.id} leave write`, `${sam.id} leave write`])
  expect((await send('GET', UNREAD, { as: sam.token })).status).toBe(401)
})

test('staff read from the primary', async () => {
  const { recorded, send } = workerWithReplicas()
  const { token: as } = await personWith('is_staff')
  for (let request = 0; request < 3; request++) expect((await send('GET', '/users/byId/', { as })).status).toBe(200)
  expect(new Set(recorded.sessions)).toEqual(new Set(['first-primary']))
})

describe('a replica', () => {
  const afterFirstRead = async (onReplica: () => Promise<void>) => {
    const worker = workerWithReplicas({ onReplica })
    const sam = await person()
    await worker.send('GET', UNREAD, { as: sam.token })
    return { ...worker, sam }
  }

  test('that does not have the bookmark in time is given up', async () => {
    const { recorded, send, sam } = await afterFirstRead(() => NEVER)
    expect((await send('GET', UNREAD, { as: sam.token })).status).toBe(200)
    expect(recorded.sessions.slice(1)).toEqual([expect.stringMatching(BOOKMARK), 'first-primary'])
  })

  test('that fails, or does not know the credential yet, does not decide', async () => {
    const { recorded, send, sam } = await afterFirstRead(() => Promise.reject(new Error("D1_ERROR: bad JSON path: 'caller:revoked'")))
    expect((await send('GET', UNREAD, { as: sam.token })).status).toBe(200)
    expect(recorded.sessions.slice(1)).toEqual([expect.stringMatching(BOOKMARK), 'first-primary'])
  })
})

describe('a gate', () => {
  test('that does not answer in time sends the read to the primary', async () => {
    const { recorded, send } = workerWithReplicas({
      gate: (real) => ({ open: () => NEVER, leave: async (...left) => real.leave(...left), clear: async () => real.clear() }),
    })
    const { token: as } = await person()
    expect((await send('GET', UNREAD, { as })).status).toBe(200)
    expect((await send('GET', UNREAD, { as })).status).toBe(200)
    expect(recorded.sessions).toEqual(['first-primary', 'first-primary'])
  })

  const unreachable = () =>
    workerWithReplicas({
      gate: (real) => ({ open: async () => real.open(), leave: () => Promise.reject(new Error('lost')), clear: async () => real.clear() }),
    })

  test('that cannot be reached lets nothing be answered that it does not know', async () => {
    const { send } = unreachable()
    const { token: as } = await person()
    expect((await send('GET', UNREAD, { as })).status).toBe(500)
    expect((await send('POST', '/user/logout/', { as })).status).toBe(500)
    // The log-out has been done, and could only not be confirmed.
    expect((await send('GET', UNREAD, { as })).status).toBe(401)
  })

  test('that cannot be reached does not hold up a call for help', async () => {
    const { token: as } = await personWithContacts()
    expect((await unreachable().send('POST', '/support/help/', { as })).status).toBe(200)
  })

  test('of an erased account is empty', async () => {
    const { recorded, send } = workerWithReplicas()
    const sam = await person()
    await send('GET', UNREAD, { as: sam.token })
    expect((await send('POST', '/account/erase', { as: sam.token, json: { password: PASSWORD } })).status).toBe(200)
    expect(recorded.gateCalls).toEqual([`${sam.id} open`, `${sam.id} leave`, `${sam.id} clear`])
    await runInDurableObject(env.ACCOUNT_GATE.getByName(String(sam.id)), (_, { storage }) => {
      expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'gate'").toArray()).toEqual([])
    })
  })

  test('is cleared for the operator, whose commands leave no bookmark', async () => {
    const { recorded, bindings } = workerWithReplicas()
    const sam = await person()
    const context = operatorContext(createContext(bindings, { waitUntil: () => undefined }))
    await clearGateOf(context, sam.username.toUpperCase())
    await clearGateOf(context, 'no.such.account')
    expect(recorded.gateCalls).toEqual([`${sam.id} clear`])
  })
})
