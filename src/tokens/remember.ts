const CACHE_SIZE = 5_000

/** Adds an entry to what an isolate remembers, and evicts the oldest one if there are too many. */
export const remember = <V>(cache: Map<string, V>, key: string, value: V): void => {
  const [oldest] = cache.size < CACHE_SIZE ? [] : cache.keys()
  if (oldest !== undefined) cache.delete(oldest)
  cache.set(key, value)
}
