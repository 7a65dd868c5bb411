import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { authenticate } from '../../src/domain/sessions/authenticate.ts'
import { logOut } from '../../src/domain/sessions/log-out.ts'
import { type Person, person } from '../support/people.ts'
import { joinRoom } from '../support/sockets.ts'

/** A log-out closes connections only for accounts that have ever had one. */

/** Logs out, and returns the accounts whose connections it asked to close. */
const logOutAndRecord = async ({ token }: Person): Promise<number[]> => {
  const notified: number[] = []
  const context = createContext(env, { waitUntil: () => undefined })
  const caller = await authenticate(context, token.split(' ')[1] ?? '')
  if (typeof caller === 'string') throw new Error(caller)
  const support = { ...context.support, closeRevokedConnections: async (id: number) => void notified.push(id) }
  await logOut({ ...caller, support })
  return notified
}

const revokedConnectionsOf = ({ id }: Person) =>
  env.DB.prepare('SELECT count(*) AS n FROM revoked_connections WHERE account_id = ?').bind(id).first('n')

test('the log-out of an account without connections calls no Durable Object and adds no row for the desk', async () => {
  const someone = await person()
  expect(await logOutAndRecord(someone)).toEqual([])
  expect(await revokedConnectionsOf(someone)).toBe(0)
})

test('the log-out of a connected account closes its connections and adds a row for the desk', async () => {
  const someone = await person()
  const client = await joinRoom(someone)
  expect(await logOutAndRecord(someone)).toEqual([someone.id])
  expect(await revokedConnectionsOf(someone)).toBe(1)
  client.socket.close()
})

test('a deleted account leaves a row for the desk, although its row in socket_users is deleted', async () => {
  const someone = await person()
  const client = await joinRoom(someone)
  await env.DB.prepare('DELETE FROM accounts WHERE id = ?').bind(someone.id).run()
  expect(await revokedConnectionsOf(someone)).toBeGreaterThan(0)
  expect(await env.DB.prepare('SELECT count(*) AS n FROM socket_users WHERE account_id = ?').bind(someone.id).first('n')).toBe(0)
  client.socket.close()
})
