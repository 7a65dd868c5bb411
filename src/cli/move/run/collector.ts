import type { AccountDecision } from '../rows/accounts.ts'
import type { Placement } from '../rows/placing.ts'
import type { StagedRecord } from '../staging/staging.ts'

/** What `verify` hands on of each record that was imported. */

export interface Placed {
  readonly record: StagedRecord
  readonly placement: Placement
  /** The key of its row in Concord's database. */
  readonly target: string
}

export interface PlacedAccount extends Placed {
  readonly decision: AccountDecision
  /** That of the account here, in all contracts. */
  readonly username: string
}

export interface Collector {
  record(ledgerModel: string, placed: Placed): void
  accounts(page: readonly PlacedAccount[]): Promise<void>
}

/** Where no answers are asked for. */
export const NO_COLLECTOR: Collector = { record: () => undefined, accounts: async () => undefined }
