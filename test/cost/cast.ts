import { freshName, PASSWORD, person, personWith } from '../support/people.ts'
import { once, type Row } from './ask.ts'

/** Who makes the requests of the lists: people who stay, so that few have to be made. */

export const somebody = once(() => person())
export const another = once(() => person())
export const staff = once(() => personWith('is_admin', 'is_staff', 'is_superuser'))

/** The right password, at the door. */
export const knocking: Row[3] = async () => ({ json: { username: (await somebody()).username, password: PASSWORD } })

/** Why a log-in asks twice. */
export const HASHED = 'the hash is read, the password is compared with it, and only then is a credential written'

/** What nobody has registered with yet. */
export const newcomer = () => {
  const username = freshName()
  return { username, email: `${username}@example.com`, password: PASSWORD }
}
