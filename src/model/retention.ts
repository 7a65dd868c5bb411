import { LOCKS_FORGOTTEN_AFTER_MS } from './login-lock.ts'
import { DAY, HOUR } from './time.ts'

/** How long data that is not needed any more is stored. The daily sweep deletes what is older. */
export const RETENTION = {
  /** A calendar program that has not polled for longer is assumed to have stopped. */
  cancelledPlansMs: 30 * DAY,
  /** After this long without a log-in from it, a network is not known any more. */
  loginNetworksMs: 90 * DAY,
  /** Counters of failed log-ins that have not changed for longer have no effect. */
  loginFailuresMs: LOCKS_FORGOTTEN_AFTER_MS,
  /** The limits count the links of a day, those that have expired included. */
  linksMs: DAY,
  /** The objects read the list of revoked connections every few seconds. */
  revokedConnectionsMs: DAY,
  /** Younger pictures may belong to a request that is still in progress. */
  orphanedPicturesMs: HOUR,
} as const
