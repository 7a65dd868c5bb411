import type { ContractName } from '../../../model/contract.ts'
import type { NotImported } from './reasons.ts'
import type { Uploads } from './uploads.ts'

/** What `inspect` finds: the report, as `--json` prints it. It has no names of people, no hashes and no tokens. */

export interface Findings {
  readonly source: {
    readonly form: string
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly compressed: boolean }[]
    readonly ignored: readonly { readonly name: string; readonly reason: string }[]
  }
  readonly contract: ContractName
  readonly version: string
  readonly accounts: { readonly rows: number; readonly inactive: number; readonly withFlags: number }
  /** Every model with a place in Concord. */
  readonly models: readonly ModelCount[]
  /** Rows that are not imported, and what is not imported of those that are. */
  readonly notImported: readonly NotImported[]
  /** Rows that are imported without a row that they refer to. */
  readonly brokenLinks: readonly { readonly model: string; readonly field: string; readonly rows: number }[]
  readonly unreadable: readonly UnreadableRows[]
  readonly passwords: readonly {
    readonly kind: string
    readonly accounts: number
    /** Null: it verifies. */
    readonly fails: string | null
  }[]
  readonly credentials: {
    readonly tokens: number
    readonly sessions: { readonly rows: number; readonly expired: number }
  }
  /** Columns of the source that no version of the original has. */
  readonly unknownColumns: readonly { readonly model: string; readonly columns: readonly string[] }[]
  /** Models of the original that the source does not have. */
  readonly absent: readonly string[]
  /** The ids that the original would give out next. */
  readonly nextIds: Readonly<Record<string, number>>
  /** Null: there is no folder of uploads, or this original has none. */
  readonly uploads: Uploads | null
}

export interface ModelCount {
  readonly model: string
  readonly rows: number
}

/** Rows of one model with the same fault. */
export interface UnreadableRows {
  readonly model: string
  readonly reason: string
  readonly rows: number
  readonly examples: readonly { readonly key: string; readonly place: string }[]
}
