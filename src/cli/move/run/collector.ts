import type { AccountDecision } from '../rows/accounts.ts'
import type { Placement } from '../rows/placing.ts'
import type { StagedRecord } from '../staging/staging.ts'

/** What `verify` passes to the collector of expected answers, for each record that was imported. */

export interface Placed {
  readonly record: StagedRecord
  readonly placement: Placement
  /** The key of its row in Concord's database. */
  readonly target: string
}

export interface PlacedAccount extends Placed {
  readonly decision: AccountDecision
  /** The username of the account here. */
  readonly username: string
}

export interface Collector {
  record(ledgerModel: string, placed: Placed): void
  accounts(page: readonly PlacedAccount[]): Promise<void>
}

/** Used if no answers are compared. */
export const NO_COLLECTOR: Collector = { record: () => undefined, accounts: async () => undefined }
