/** What the client uses of its platform. No platform has all of it, so the types of none are used: it compiles with those of each. */

/** What the client uses of a WebSocket. */
export interface ChatSocket {
  readonly readyState: number
  send(data: string): void
  close(code?: number): void
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: { readonly data?: unknown; readonly code?: number }) => void,
  ): void
}

/** The global `WebSocket`, or that of the package `ws` in Node 20, which has none. */
export type ChatSocketConstructor = new (url: string, protocols: string[]) => ChatSocket

/**
 * Where the client keeps what must survive a reload. `sessionStorage`, `localStorage` and React Native's `AsyncStorage` have this
 * form; on other platforms, three functions over a file or a database do.
 */
export interface ChatStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): unknown
  removeItem(key: string): unknown
}

interface PageEvents {
  addEventListener(type: string, listener: (event: StorageChange) => void): void
  removeEventListener(type: string, listener: (event: StorageChange) => void): void
}

/** Of the event `storage`: another tab has changed the value of a key. */
export interface StorageChange {
  readonly key?: string | null
  readonly newValue?: string | null
}

interface Globals {
  /** Only pages have one. Workers and React Native have some of the window's functions, but no document. */
  readonly document: PageEvents & { readonly visibilityState: string }
  readonly window: PageEvents
  readonly WebSocket: ChatSocketConstructor
  readonly sessionStorage: ChatStorage
  readonly localStorage: ChatStorage
}

/** Undefined where the platform has none. A browser that blocks the storage throws. */
export const globalOf = <Name extends keyof Globals>(name: Name): Globals[Name] | undefined => Reflect.get(globalThis, name)
