import { env } from 'cloudflare:workers'
import { at, call, textAt } from './call.ts'

let made = 0

/** A name that nobody has yet: storage is shared by the tests of a file, so each makes its own people. */
export const freshName = (stem = 'person'): string => `${stem}.${++made}.${crypto.randomUUID().slice(0, 8)}`

export const PASSWORD = 'correct horse 7'

export interface Person {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly email: string
  /** The whole `Authorization` header. */
  readonly token: string
}

/** Somebody who has registered and is logged in. */
export const person = async (stem?: string): Promise<Person> => {
  const username = freshName(stem)
  const email = `${username}@example.com`
  const registered = await call('POST', '/user/register/', { json: { username, email, password: PASSWORD } })
  if (registered.status !== 201) throw new Error(`could not register: ${registered.text}`)
  const id = Number(at(registered, 'user', 'id'))
  const row = await env.DB.prepare('SELECT object_id FROM accounts WHERE id = ?').bind(id).first<string>('object_id')
  return { id, objectId: String(row), username, email, token: `Token ${textAt(registered, 'token')}` }
}

type Flag = 'is_admin' | 'is_staff' | 'is_superuser'

/** Somebody with a flag, which no endpoint gives: an operator does. */
export const personWith = async (...flags: Flag[]): Promise<Person> => {
  const someone = await person(flags[0])
  await env.DB.prepare(`UPDATE accounts SET ${flags.map((flag) => `${flag} = 1`).join(', ')} WHERE id = ?`)
    .bind(someone.id)
    .run()
  return someone
}
