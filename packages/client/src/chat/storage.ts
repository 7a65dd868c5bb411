import { type ChatStorage, globalOf } from './platform.ts'

/** The storage of the browser; null where there is none. A browser that blocks it throws when the property is read. */
export const browserStorage = (name: 'sessionStorage' | 'localStorage'): ChatStorage | null => {
  try {
    return globalOf(name) ?? null
  } catch {
    return null
  }
}

/** Calls `use` with the value, at once if the storage is synchronous. What cannot be read counts as missing. */
export const read = (storage: ChatStorage | null, key: string, use: (value: string | null) => void): void => {
  let value: string | null | Promise<string | null> | undefined
  try {
    value = storage?.getItem(key)
  } catch {
    // The storage is blocked, so nothing was stored.
  }
  if (value instanceof Promise) value.then(use, () => use(null))
  else use(value ?? null)
}

/** Without storage, or when it is full, the value lives only as long as the program. */
export const write = (storage: ChatStorage | null, key: string, value: string | null): void => {
  try {
    const written = value === null ? storage?.removeItem(key) : storage?.setItem(key, value)
    if (written instanceof Promise) written.catch(() => undefined)
  } catch {
    // The same.
  }
}
