import type { FormerMessage } from '../../../model/support.ts'
import type { Fields, ModelDefinition, RecordOf, SourceRecord, TableModel } from '../models/model.ts'
import type { StagedRecord, Staging } from '../staging/staging.ts'
import { type Surroundings, typedRecord } from './placing.ts'

/** Rows of a source that become messages in the room of a person: in a Durable Object, and not in a table. */

export interface RoomPlacement {
  readonly account: number
  readonly message: FormerMessage
}

export interface RoomPhase {
  readonly model: ModelDefinition
  /** A room keeps the order in which its messages are added. */
  sort(record: SourceRecord): number | string
  /** Null: another phase reports what becomes of it. */
  place(record: StagedRecord, around: Surroundings): RoomPlacement | null
  /** Whether the source has conversations that belong in rooms. */
  isNeeded(staging: Staging): boolean
  /** The model in the ledger. */
  readonly ledgerModel: string
  /** The client id of the message of a row. */
  clientId(key: string): string
}

interface RoomPhaseOptions<R> extends Pick<RoomPhase, 'ledgerModel' | 'clientId' | 'isNeeded'> {
  readonly sort: (record: R) => number | string
  readonly place: (record: R & { readonly keyText: string }, around: Surroundings) => RoomPlacement | null
}

export const roomPhaseOf = <F extends Fields>(
  model: TableModel<F>,
  { sort, place, ...options }: RoomPhaseOptions<RecordOf<F>>,
): RoomPhase => ({
  model,
  ...options,
  sort: (record) => sort(typedRecord(record, model)),
  place: (record, around) => place(typedRecord(record, model), around),
})
