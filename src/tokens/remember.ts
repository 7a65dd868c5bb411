const CACHE_SIZE = 5_000

/** Adds an entry to a cache of the isolate, and evicts the oldest one if the cache is full. */
export const remember = <V>(cache: Map<string, V>, key: string, value: V): void => {
  const [oldest] = cache.size < CACHE_SIZE ? [] : cache.keys()
  if (oldest !== undefined) cache.delete(oldest)
  cache.set(key, value)
}
