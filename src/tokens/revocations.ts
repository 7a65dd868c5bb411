/**
 * The list of revoked credentials in KV. KV is eventually consistent and caches misses, so it never decides that a
 * credential is good: the row in D1 does. It only lets a revoked one be turned away early, and an isolate that has
 * once seen a revocation turns that credential away without asking anybody again.
 */
export interface Revocations {
  /** True when the credential is known to be revoked; false means only that nothing is known. */
  isListed(credentialId: string): Promise<boolean>
  list(credentialId: string, expiresAt: number, now: number): Promise<void>
}

const SHORTEST_TTL_SECONDS = 60 // KV refuses less
const REMEMBERED = 10_000

export const createRevocations = (kv: KVNamespace): Revocations => {
  const seen = new Set<string>()
  const remember = (credentialId: string) => {
    if (seen.size >= REMEMBERED) seen.clear()
    seen.add(credentialId)
  }
  return {
    isListed: async (credentialId) => {
      if (seen.has(credentialId)) return true
      const listed = await kv.get(key(credentialId)).catch(() => null)
      if (listed !== null) remember(credentialId)
      return listed !== null
    },
    list: async (credentialId, expiresAt, now) => {
      remember(credentialId)
      const ttl = Math.max(SHORTEST_TTL_SECONDS, Math.ceil((expiresAt - now) / 1000))
      await kv.put(key(credentialId), '1', { expirationTtl: ttl }).catch(() => undefined)
    },
  }
}

const key = (credentialId: string): string => `revoked:${credentialId}`
