/** What an operator may set. Times are milliseconds. Names and defaults: README.md, "Settings". */
export interface Settings {
  readonly jwtSecret: string
  readonly jwtSecretPrevious: string | null
  readonly jwtIssuer: string
  readonly lifetimes: { readonly token: number; readonly session: number; readonly access: number; readonly refresh: number }
  readonly passwordPacing: { readonly slotMs: number; readonly longestWaitMs: number }
  readonly loginLock: LoginLock
  /** Whether religion and caste, which are lists in a preference, count as matched where the list has them. */
  readonly matchLists: boolean
  /** `'any'`, or the origins that may call with credentials. */
  readonly allowedOrigins: 'any' | ReadonlySet<string>
}

export interface LoginLock {
  readonly failures: number
  readonly windowMs: number
  /** The first lock; each further one is twice as long, up to the longest. */
  readonly firstMs: number
  readonly longestMs: number
  /** What each failure after the third adds to the answer's time. */
  readonly slowdownMs: number
}
