/** What the handling of one request has cost. It is added up while the request is handled. */
export interface RequestCost {
  /** Calls of D1. */
  databaseTrips: number
  /** Their time together, as the Worker saw it. Calls at the same time are all counted. */
  databaseMs: number
  /** Where D1 executed the last of them, for example `WEUR`; null if D1 did not report it. */
  databaseRegion: string | null
  /** How long password hashes waited for their turn. */
  hashWaitMs: number
}

export const newRequestCost = (): RequestCost => ({ databaseTrips: 0, databaseMs: 0, databaseRegion: null, hashWaitMs: 0 })
