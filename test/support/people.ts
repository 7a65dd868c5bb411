import { env } from 'cloudflare:workers'
import { isAcceptable } from '../../src/domain/accounts/password-rules.ts'
import { registerAndLogIn } from '../../src/domain/accounts/register.ts'
import type { Context } from '../../src/domain/context.ts'
import { Failure } from '../../src/model/result.ts'
import { withWorkerContext } from './worker-context.ts'

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

let storedPassword: string | null = null

/** All people have one password, so its hash is computed once. */
const withOneHash = (context: Context): Context => ({
  ...context,
  passwords: {
    ...context.passwords,
    hash: async (password) => (storedPassword ??= await context.passwords.hash(password)),
  },
})

/**
 * A new person who has registered and is logged in. The verb of the registration is called without a request, which takes a third
 * of the time: the tests need thousands of people.
 */
export const person = async (stem?: string): Promise<Person> => {
  const username = freshName(stem)
  const email = `${username}@example.com`
  if (!isAcceptable(PASSWORD, 'basic')) throw new Error('the password breaks the rules')
  const password = PASSWORD
  const registered = await withWorkerContext((context) =>
    registerAndLogIn(withOneHash(context), { username, email, password }, { kind: 'token', userAgent: '' }),
  )
  if (registered instanceof Failure) throw new Error(`could not register: ${registered.code}`)
  const { account, issued } = registered
  return { id: account.id, objectId: account.objectId, username, email, token: `Token ${issued.token}` }
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
