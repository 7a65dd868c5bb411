/**
 * The token in the session cookie that a response sets; null if it sets none. In Node, Workers and React Native it can be used
 * like any other token. Browsers do not show cookies to scripts: they send them on their own.
 */
export const sessionTokenOf = (response: Response | undefined): string | null =>
  // Cookies of one response are joined here. `getSetCookie` would separate them, but React Native has no such function.
  /(?:^|, )sessionid=([^;]+)/.exec(response?.headers.get('set-cookie') ?? '')?.[1] ?? null
