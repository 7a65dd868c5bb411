import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestCost } from '../model/request-cost.ts'

/**
 * Finds the request for which a statement is executed or a password is hashed. The database and the queue of hashes are the same
 * for all requests of an isolate, and their calls do not name one. Outside of a request nothing is counted.
 */
const current = new AsyncLocalStorage<RequestCost>()

export const measured = <T>(cost: RequestCost, work: () => T): T => current.run(cost, work)

export const addDatabaseTrip = (ms: number, region: string | null): void => {
  const cost = current.getStore()
  if (!cost) return
  cost.databaseTrips++
  cost.databaseMs += ms
  cost.databaseRegion = region ?? cost.databaseRegion
}

export const addHashWait = (ms: number): void => {
  const cost = current.getStore()
  if (cost) cost.hashWaitMs += ms
}
