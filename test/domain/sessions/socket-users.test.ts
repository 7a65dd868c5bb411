import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createContext } from '../../../src/compose.ts'
import { authenticate } from '../../../src/domain/sessions/authenticate.ts'
import { logOut } from '../../../src/domain/sessions/log-out.ts'
import { type Person, person } from '../../support/people.ts'
import { sitIn } from '../../support/sockets.ts'

/** Whose sockets are told of a log-out: theirs who have ever had one. */

const logOutTelling = async ({ token }: Person): Promise<number[]> => {
  const told: number[] = []
  const context = createContext(env, { waitUntil: () => undefined })
  const actor = await authenticate(context, token.split(' ')[1] ?? '')
  if (typeof actor === 'string') throw new Error(actor)
  await logOut({ ...context, actor, support: { ...context.support, revoked: async (id) => void told.push(id) } })
  return told
}

const closingsOf = ({ id }: Person) => env.DB.prepare('SELECT count(*) AS n FROM socket_closings WHERE account_id = ?').bind(id).first('n')

test('who never sat at a socket wakes no object by logging out, and leaves no row for the desk', async () => {
  const someone = await person()
  expect(await logOutTelling(someone)).toEqual([])
  expect(await closingsOf(someone)).toBe(0)
})

test('who has sat at one is told, and so is the desk', async () => {
  const someone = await person()
  const client = await sitIn(someone)
  expect(await logOutTelling(someone)).toEqual([someone.id])
  expect(await closingsOf(someone)).toBe(1)
  client.socket.close()
})

test('an account that is deleted leaves a row for the desk, though its own goes with it', async () => {
  const someone = await person()
  const client = await sitIn(someone)
  await env.DB.prepare('DELETE FROM accounts WHERE id = ?').bind(someone.id).run()
  expect(await closingsOf(someone)).toBeGreaterThan(0)
  expect(await env.DB.prepare('SELECT count(*) AS n FROM sitters WHERE account_id = ?').bind(someone.id).first('n')).toBe(0)
  client.socket.close()
})
