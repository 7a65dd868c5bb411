/**
 * The list of revoked credentials in KV. KV is eventually consistent and caches misses, so it never decides that a
 * credential is good: the row in D1 does. It only lets a revoked one be turned away early, and an isolate that has
 * once seen a revocation turns that credential away without asking anybody again, D1 included.
 */
export interface Revocations {
  /** True when the credential is known to be revoked; false means only that nothing is known. Without a promise where nobody had to be asked. */
  isListed(credentialId: string, now: number): boolean | Promise<boolean>
  list(credentialId: string, expiresAt: number, now: number): Promise<void>
}

const SHORTEST_TTL_SECONDS = 60 // KV refuses less
const REMEMBERED = 10_000
/** As long as KV itself goes on answering "not there" at one place after it was asked: sooner, asking again tells nothing new. */
const MISS_HOLDS_MS = 60_000

export const createRevocations = (kv: KVNamespace): Revocations => {
  const seen = new Set<string>()
  const missedAt = new Map<string, number>()
  const remember = (credentialId: string) => {
    if (seen.size >= REMEMBERED) seen.clear()
    seen.add(credentialId)
  }
  const ask = async (credentialId: string, now: number): Promise<boolean> => {
    try {
      const isListed = (await kv.get(key(credentialId))) !== null
      if (isListed) remember(credentialId)
      else {
        if (missedAt.size >= REMEMBERED) missedAt.clear()
        missedAt.set(credentialId, now)
      }
      return isListed
    } catch {
      return false
    }
  }
  return {
    isListed: (credentialId, now) => {
      if (seen.has(credentialId)) return true
      return now - (missedAt.get(credentialId) ?? -MISS_HOLDS_MS) < MISS_HOLDS_MS ? false : ask(credentialId, now)
    },
    list: async (credentialId, expiresAt, now) => {
      remember(credentialId)
      const ttl = Math.max(SHORTEST_TTL_SECONDS, Math.ceil((expiresAt - now) / 1000))
      await kv.put(key(credentialId), '1', { expirationTtl: ttl }).catch(() => undefined)
    },
  }
}

const key = (credentialId: string): string => `revoked:${credentialId}`
