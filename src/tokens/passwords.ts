import type { Argon2 } from './argon2.ts'
import { verifyDjangoHash } from './django.ts'

export interface Passwords {
  /** Null when too many are waiting already. */
  hash(password: string): Promise<string | null>
  /** Null when too many are waiting already. `outdated` asks for a new hash, now that the password is known. */
  verify(password: string, stored: string | null): Promise<{ matches: boolean; outdated: boolean } | null>
}

export interface PasswordPacing {
  /** The time that one hash is given before the next may begin. */
  readonly slotMs: number
  /** Who would have to wait longer than this is turned away. */
  readonly longestWaitMs: number
}

/**
 * A hash is tens of milliseconds in which the isolate does nothing else, so a burst of log-ins would freeze it for
 * everybody. Hashes are therefore spread out: each takes the next free slot, and between two of them there is always a
 * rest in which whatever else is waiting gets its turn. Slots are reserved by time and not handed from request to
 * request, because a request that its client abandons is dropped by the platform where it stands and would never hand
 * over its turn.
 */
export const createPasswords = (argon2: Argon2, { slotMs, longestWaitMs }: PasswordPacing): Passwords => {
  const restMs = slotMs / 4
  let nextSlot = 0
  let restUntil = 0

  const takeSlot = async (): Promise<boolean> => {
    const asked = Date.now()
    const mine = Math.max(asked, nextSlot)
    if (mine - asked > longestWaitMs) return false
    nextSlot = mine + slotMs
    for (let wait = Math.max(mine, restUntil) - asked; wait > 0; wait = restUntil - Date.now()) {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
    restUntil = Date.now() + slotMs
    return true
  }

  /** A hash may take longer than its slot: the rest begins when it ends. (In production the clock stands still meanwhile.) */
  const inSlot = async <T>(hashing: () => Promise<T>): Promise<T | null> => {
    if (!(await takeSlot())) return null
    const done = await hashing()
    restUntil = Math.max(restUntil, Date.now() + restMs)
    return done
  }

  return {
    hash: (password) => inSlot(() => argon2.hash(password)),

    verify: (password, stored) =>
      inSlot(async () => {
        // Nobody by that name: hash all the same, so that the answer takes as long as for somebody.
        const known = stored ?? DECOY
        const matches = (await argon2.verify(password, known)) ?? (await verifyDjangoHash(password, known)) ?? false
        return { matches: stored !== null && matches, outdated: !argon2.isCurrent(known) }
      }),
  }
}

/** A well-formed hash that no password is known for. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$Y29uY29yZC1kZWNveS0wMQ$8yZ0m1b7Qm3c0cZb0k1rJt5s7u9w+xzBdFhJlNpRtVw'
