import { createConfig, createClient as createHttpClient } from './generated/runtime/client/index.ts'
import type { Client } from './runtime.ts'

export interface ClientSettings {
  /** The origin of the server, for example `https://concord.example`. */
  readonly baseUrl: string
  /** The token of a log-in that was made before, for example one that the app has stored. */
  readonly token?: string | null | undefined
  /** Instead of the global `fetch`: for a proxy, a time limit, or a test. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** `include` lets a browser send and keep the session cookie when the page has another origin than the server. */
  readonly credentials?: 'include' | 'omit' | 'same-origin' | undefined
}

/**
 * What every function of every contract takes as `client`: the server's address, and who calls. Nothing is global, so a server
 * that acts for several people has one client for each of them.
 */
export interface ConcordClient extends Client {
  /** The token that requests carry; null if no user is logged in. */
  readonly token: string | null
  /** After a log-in in any contract: the token counts in all of them. Null after the log-out. */
  setToken(token: string | null): void
}

export const createClient = ({ baseUrl, token: initialToken = null, fetch, credentials }: ClientSettings): ConcordClient => {
  let token = initialToken
  const http = createHttpClient(
    createConfig({
      baseUrl,
      // Every contract accepts every token as a bearer token. The other scheme is that of a calendar feed's address.
      auth: ({ scheme }) => (scheme === 'bearer' && token !== null ? token : undefined),
      ...(fetch && { fetch }),
      ...(credentials && { credentials }),
    }),
  )
  return {
    ...http,
    get token() {
      return token
    },
    setToken: (next) => {
      token = next
    },
  }
}
