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
 * everybody. Hashes are therefore spread out: each takes the next free slot, and between two slots whatever else is
 * waiting gets its turn. Slots are reserved by time and not handed from request to request, because a request that its
 * client abandons is dropped by the platform where it stands and would never hand over its turn.
 */
export const createPasswords = (argon2: Argon2, pacing: PasswordPacing): Passwords => {
  let nextSlot = 0
  const takeSlot = async (): Promise<boolean> => {
    const now = Date.now()
    const mine = Math.max(now, nextSlot)
    if (mine - now > pacing.longestWaitMs) return false
    nextSlot = mine + pacing.slotMs
    if (mine > now) await new Promise((resolve) => setTimeout(resolve, mine - now))
    return true
  }

  return {
    hash: async (password) => ((await takeSlot()) ? argon2.hash(password) : null),

    verify: async (password, stored) => {
      if (!(await takeSlot())) return null
      // Nobody by that name: hash all the same, so that the answer takes as long as for somebody.
      const known = stored ?? DECOY
      const matches = (await argon2.verify(password, known)) ?? (await verifyDjangoHash(password, known)) ?? false
      return { matches: stored !== null && matches, outdated: !argon2.isCurrent(known) }
    },
  }
}

/** A well-formed hash that no password is known for. */
const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$Y29uY29yZC1kZWNveS0wMQ$8yZ0m1b7Qm3c0cZb0k1rJt5s7u9w+xzBdFhJlNpRtVw'
