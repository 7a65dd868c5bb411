import type { Argon2 } from './argon2.ts'
import { checkDjango } from './django.ts'
import { createFairLock } from './fair-lock.ts'

export interface Passwords {
  /** Null when too many are waiting already. */
  hash(password: string): Promise<string | null>
  /** Null when too many are waiting already. `outdated` asks for a new hash, now that the password is known. */
  verify(password: string, stored: string | null): Promise<{ matches: boolean; outdated: boolean } | null>
}

/**
 * A hash is tens of milliseconds of computing, so a burst of log-ins would freeze the isolate for everybody. Hashes are
 * therefore made one at a time, each in pieces, and whoever would have to wait longer than the given time is turned away.
 */
export const createPasswords = (argon2: Argon2, longestWaitMs: number): Passwords => {
  const turns = createFairLock(longestWaitMs)
  // A hash carried over from Django takes a second or more, and needs nothing that the others need: nobody waits behind it.
  const djangoTurns = createFairLock(longestWaitMs)

  const matches = async (password: string, stored: string): Promise<boolean | null> => {
    const check = argon2.check(stored)
    if (check) return turns.take(() => check(password))
    const checkOld = checkDjango(stored)
    return checkOld ? djangoTurns.take(() => checkOld(password)) : false
  }

  return {
    hash: (password) => turns.take(() => argon2.hash(password)),

    verify: async (password, stored) => {
      // Nobody by that name: hash all the same, so that the answer takes as long as for somebody.
      const known = stored ?? DECOY
      const matched = await matches(password, known)
      return matched === null ? null : { matches: stored !== null && matched, outdated: !argon2.isCurrent(known) }
    },
  }
}

/** A well-formed hash that no password is known for. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$Y29uY29yZC1kZWNveS0wMQ$8yZ0m1b7Qm3c0cZb0k1rJt5s7u9w+xzBdFhJlNpRtVw'
