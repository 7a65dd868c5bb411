import type { Argon2 } from './argon2.ts'
import { checkDjango } from './django.ts'
import { createFairLock, type Requester } from './fair-lock.ts'
import type { Sha256 } from './pbkdf2.ts'

export interface Passwords {
  /** Null if the queue is too long. */
  hash(password: string, requester?: Requester): Promise<string | null>
  /** Null if the queue is too long. `outdated`: the caller should store a new hash, now that the password is known. */
  verify(password: string, stored: string | null, requester?: Requester): Promise<{ matches: boolean; outdated: boolean } | null>
}

interface HashFunctions {
  readonly argon2: Argon2
  readonly sha256: Sha256
}

/**
 * A hash takes tens of milliseconds of CPU time, so a burst of log-ins would block the isolate for all requests. Hashes are
 * therefore computed one at a time, each in steps, and a request that would wait longer than the given time is rejected.
 */
export const createPasswords = ({ argon2, sha256 }: HashFunctions, longestWaitMs: number, onWait?: (ms: number) => void): Passwords => {
  const lock = createFairLock(longestWaitMs, onWait)
  // A hash imported from Django takes ten times as long and shares no memory with the others, so no other hash waits for it.
  const importedLock = createFairLock(longestWaitMs, onWait)

  const matches = async (password: string, stored: string, requester?: Requester): Promise<boolean | null> => {
    const check = argon2.check(stored)
    if (check) return lock.run(() => check(password), requester)
    const checkImported = checkDjango(sha256, stored)
    return checkImported ? importedLock.run(() => checkImported(password), requester) : false
  }

  return {
    hash: (password, requester) => lock.run(() => argon2.hash(password), requester),

    verify: async (password, stored, requester) => {
      // If there is no such account, a hash is computed all the same, so that the response takes as long as for an existing one.
      const phc = stored ?? argon2.dummyHash
      const matched = await matches(password, phc, requester)
      return matched === null ? null : { matches: stored !== null && matched, outdated: !argon2.isCurrent(phc) }
    },
  }
}
