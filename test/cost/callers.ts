import { freshName, PASSWORD, person, personWith } from '../support/people.ts'
import { measure, once, type Row } from './measure.ts'

/** The callers of the requests. The same people are reused, so that few have to be registered. */

export const member = once(() => person())
export const otherMember = once(() => person())
/** The isolate knows the flags of this account from an earlier request. */
export const staff = once(async () => {
  const account = await personWith('is_admin', 'is_staff', 'is_superuser')
  await measure('GET', '/users/byId/', { as: account.token })
  return account
})

/** A log-in with the correct password. */
export const loggingIn: Row[3] = async () => ({ json: { username: (await member()).username, password: PASSWORD } })

/** Why a log-in needs two round trips. */
export const LOGIN_REASON = 'the hash is read first; the credential is written after the password has been verified'

/** Registration data that no account uses yet. */
export const newcomer = () => {
  const username = freshName()
  return { username, email: `${username}@example.com`, password: PASSWORD }
}
