import { type Fields, isOf, type ModelDefinition, type RecordOf, type SourceRecord, type TableModel } from '../models/model.ts'
import type { Value } from '../models/values.ts'
import type { StagedRecord } from '../staging/staging.ts'
import type { TargetTable, Values } from '../target/table.ts'
import type { Cell } from '../target/target.ts'

/** A row that is not imported, with a sentence without a full stop. */
export interface Stays {
  readonly type: 'stays'
  readonly reason: string
}

/** What becomes of a row of a source. A row that breaks Concord's own rules is reported with a sentence. */

export type Placement =
  | {
      readonly type: 'row'
      /** Of a numbered table: the row's former number, which it keeps if that is free. Of others: the key in Concord's database. */
      readonly target: number | string | null
      readonly values: Values
      readonly companions: Readonly<Record<string, Values>>
      /** The path of the picture that the account gets, if it has none yet. */
      readonly picture: string | null
      /** What differs from the source, though the row is imported. */
      readonly notes: readonly string[]
    }
  /** The database already has the same row: nothing is written, and references point to that row. */
  | { readonly type: 'present'; readonly target: string }
  | Stays
  /** Another row has brought all of it. */
  | { readonly type: 'included' }

export const stays = (reason: string): Stays => ({ type: 'stays', reason })

export const present = (target: number | string): Placement => ({ type: 'present', target: `${target}` })

interface More {
  readonly notes?: readonly (string | null)[]
  readonly companions?: Readonly<Record<string, Values>>
  readonly picture?: string | null
}

export const row = (
  target: number | string | null,
  values: Values,
  { notes = [], companions = {}, picture = null }: More = {},
): Placement => ({ type: 'row', target, values, companions, picture, notes: notes.filter((note) => note !== null) })

/** What the rules need besides the record itself. */
export interface Surroundings {
  readonly now: number
  /** The id of an account that was imported; null if there is no account, or if it is not imported. */
  account(reference: Value | undefined): number | null
  /** Whether the account is active in the source. */
  isActive(reference: Value | undefined): boolean
  /** The account's key in the source, and its `password` column as it is. */
  sourceAccount(reference: Value | undefined): { readonly key: string; readonly password: string } | null
  /** The key in Concord's database of a row that was imported, or that was there before. */
  moved(ledgerModel: string, reference: Value | undefined): string | null
  /** Another record of the source. */
  linked(model: ModelDefinition, reference: Value | undefined): StagedRecord | null
  /** Of rows that exclude each other, the first one is imported. */
  claim(kind: string, value: string): boolean
  isClaimed(kind: string, value: string): boolean
  /** Numbers that the source has never given out: one after the other, the same at each import. */
  newNumber(model: ModelDefinition): number
  /** In E.164; null if no numbering plan has the number. */
  phoneNumber(text: string): string | null
  /** Digests of a contact's addresses, by which answers are found again. */
  contactDigests(accountId: number, contact: { readonly email: string; readonly phone: string }): Promise<readonly [string, string]>
  /** Cleans an upload and stores it; the name under `profile_img/`, or why there is none. */
  picture(file: string, owner: string): Promise<{ readonly name: string } | { readonly reason: string }>
  /** A neutral picture, for a profile that has to have one. */
  placeholder(owner: string): Promise<{ readonly name: string }>
  /** Rows that Concord's database has already, of tables in which every installation has rows. */
  readonly existing: ExistingRows
  /** The server's SECRET_KEY and its fallbacks; empty if the operator did not name them. */
  readonly secretKeys: readonly string[]
}

export interface ExistingRows {
  /** The id of the row with this content: the values of the columns that `EXISTING` lists. */
  find(list: ExistingList, content: readonly Cell[]): string | null
}

/** Tables in which every installation has rows, and the columns that make two rows the same. */
export const EXISTING = {
  tracks: { table: 'music_tracks', columns: ['name', 'url'] },
  scenarios: { table: 'alarm_scenarios', columns: ['name', 'play_music', 'notify_contact', 'notify_therapist'] },
  'master types': { table: 'master_types', columns: ['type'] },
  'master values': { table: 'master_values', columns: ['type_id', 'value'] },
  'all values': { table: 'master_values', columns: ['value'] },
  'all codes': { table: 'master_values', columns: ['code'] },
} as const

export type ExistingList = keyof typeof EXISTING

/** One model of a source, and how its rows are placed. The phases of an original follow each other, so that references exist. */
export interface Phase {
  readonly model: ModelDefinition
  readonly table: TargetTable
  /** The order in which rows are placed: of rows that exclude each other, the first one is imported. */
  sort(record: SourceRecord): number | string
  place(record: StagedRecord, around: Surroundings): Placement | Promise<Placement>
  /** The model and the key in the ledger, if they are not those of the source. */
  readonly ledgerModel: string
  ledgerKey(record: StagedRecord): string
}

interface PhaseOptions<R> {
  readonly sort?: (record: R) => number | string
  readonly ledgerModel?: string
  readonly ledgerKey?: (record: R & { readonly keyText: string }) => string
  readonly place: (record: R & { readonly keyText: string }, around: Surroundings) => Placement | Promise<Placement>
}

const byKey = ({ key }: SourceRecord): number | string => (typeof key === 'object' ? key.join() : key)

/** The record with the types of its model. */
export const typedRecord = <T extends SourceRecord, F extends Fields>(record: T, model: TableModel<F>): T & RecordOf<F> => {
  if (!isOf<F>(record, model)) throw new Error(`a record of ${record.model.name} instead of ${model.name}`)
  return record
}

/** The phase of a table, whose fields have types. */
export const phaseOf = <F extends Fields>(
  model: TableModel<F>,
  table: TargetTable,
  { sort, ledgerModel = model.name, ledgerKey, place }: PhaseOptions<RecordOf<F>>,
): Phase => ({
  model,
  table,
  ledgerModel,
  sort: (record) => (sort ? sort(typedRecord(record, model)) : byKey(record)),
  place: (record, around) => place(typedRecord(record, model), around),
  ledgerKey: (record) => (ledgerKey ? ledgerKey(typedRecord(record, model)) : record.keyText),
})

/** The phase of a collection whose documents have any form. */
export const documentPhase = (
  model: ModelDefinition,
  table: TargetTable,
  place: (record: StagedRecord, around: Surroundings) => Placement | Promise<Placement>,
): Phase => ({ model, table, ledgerModel: model.name, sort: byKey, place, ledgerKey: ({ keyText }) => keyText })

/** SQLite cuts a text off at its first NUL when it is read from JSON. No client can send one. */
export const textFrom = (text: string | null): string => (text ?? '').replaceAll('\u0000', '')

export const optionalText = (text: string | null): string | null => (text === null ? null : textFrom(text) || null)

export const flag = (value: boolean): number => (value ? 1 : 0)

/** A number that our rules allow, and a note if it is not. */
export const inRange = (
  name: string,
  value: number | null,
  { min, max }: { readonly min: number; readonly max: number },
): { readonly value: number | null; readonly note: string | null } =>
  value === null || (value >= min && value <= max)
    ? { value, note: null }
    : { value: null, note: `${name} is not from ${min} to ${max}: it is left empty` }

export const NO_ACCOUNT = 'it belongs to no account, or to one that is not imported'
