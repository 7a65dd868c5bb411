import { env } from 'cloudflare:workers'
import { at, call, textAt } from './call.ts'

let counter = 0

/** A unique username. The tests of a file share one storage, so each test registers its own people. */
export const freshName = (stem = 'person'): string => `${stem}.${++counter}.${crypto.randomUUID().slice(0, 8)}`

export const PASSWORD = 'correct horse 7'

export interface Person {
  readonly id: number
  readonly objectId: string
  readonly username: string
  readonly email: string
  /** The whole `Authorization` header. */
  readonly token: string
}

/** A new person who has registered and is logged in. */
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

/** A new person with the given flags. They are set in the database, because no endpoint sets them. */
export const personWith = async (...flags: Flag[]): Promise<Person> => {
  const someone = await person(flags[0])
  await env.DB.prepare(`UPDATE accounts SET ${flags.map((flag) => `${flag} = 1`).join(', ')} WHERE id = ?`)
    .bind(someone.id)
    .run()
  return someone
}
