import { MINUTE } from '../model/time.ts'

/**
 * The list of revoked credentials in KV. KV is eventually consistent and caches misses, so it never decides that a credential
 * is valid: the row in D1 does. It only allows an early rejection of a revoked credential. An isolate that has seen a
 * revocation once rejects that credential without any further query, to KV or D1.
 */
export interface Revocations {
  /** True if the credential is known to be revoked; false only means that no revocation is known. Synchronous if KV is not read. */
  isListed(credentialId: string, now: number): boolean | Promise<boolean>
  list(credentialId: string, expiresAt: number, now: number): Promise<void>
  /** Throws if KV cannot be read. */
  check(): Promise<void>
}

const MIN_TTL_SECONDS = 60 // KV rejects less
const CACHE_SIZE = 10_000
/** KV itself caches a miss for this long in one location, so an earlier read would return the same. */
const MISS_CACHE_MS = MINUTE

export const createRevocations = (kv: KVNamespace): Revocations => {
  const revoked = new Set<string>()
  const missedAt = new Map<string, number>()
  const remember = (credentialId: string) => {
    if (revoked.size >= CACHE_SIZE) revoked.clear()
    revoked.add(credentialId)
  }
  const readList = async (credentialId: string, now: number): Promise<boolean> => {
    try {
      const isListed = (await kv.get(key(credentialId))) !== null
      if (isListed) remember(credentialId)
      else {
        if (missedAt.size >= CACHE_SIZE) missedAt.clear()
        missedAt.set(credentialId, now)
      }
      return isListed
    } catch {
      return false
    }
  }
  return {
    isListed: (credentialId, now) => {
      if (revoked.has(credentialId)) return true
      return now - (missedAt.get(credentialId) ?? -MISS_CACHE_MS) < MISS_CACHE_MS ? false : readList(credentialId, now)
    },
    list: async (credentialId, expiresAt, now) => {
      remember(credentialId)
      const ttl = Math.max(MIN_TTL_SECONDS, Math.ceil((expiresAt - now) / 1000))
      await kv.put(key(credentialId), '1', { expirationTtl: ttl }).catch(() => undefined)
    },
    check: async () => {
      await kv.get('ready')
    },
  }
}

const key = (credentialId: string): string => `revoked:${credentialId}`
