import type { ContractName } from '../../../model/contract.ts'
import { CliError } from '../../cli-error.ts'
import { reasonForModel } from '../inspect/reasons.ts'
import type { Plan } from '../plan/plan-file.ts'
import { otherNames, typedName } from '../rows/account-texts.ts'
import { ACCOUNTS, type AccountDecision } from '../rows/accounts.ts'
import type { ExistingRows, Phase, Placement, Surroundings } from '../rows/placing.ts'
import type { StagedRecord } from '../staging/staging.ts'
import { type ChunkContext, type ChunkRow, raiseNextNumber, writeChunk } from '../target/chunk.ts'
import type { Rooms } from '../target/rooms.ts'
import type { TargetTable } from '../target/table.ts'
import { query, type Target, textOf } from '../target/target.ts'
import { reserveNumbers } from './former-numbers.ts'
import { importRooms } from './import-rooms.ts'
import { readExistingRows, readLedger } from './ledger.ts'
import type { Loaded } from './load.ts'
import { tablesNotImported } from './not-imported.ts'
import { type AccountPhase, accountPhaseOf, phasesOf } from './phases.ts'
import { createPictures, type PictureStore, type uploadsOf } from './pictures.ts'
import type { Progress } from './progress.ts'
import type { Report } from './report.ts'
import { surroundingsOf, type Tools } from './surroundings.ts'

/** Brings a source in. It may be stopped at any time and run again: what is there is recognised by its ledger entry. */

export interface ImportOptions {
  readonly plan: Plan
  readonly loaded: Loaded
  readonly target: Target
  readonly rooms: Rooms
  readonly tools: Tools
  readonly uploads: Awaited<ReturnType<typeof uploadsOf>>
  readonly pictures: PictureStore
  readonly report: Report
  readonly progress: Progress
}

/** Rows in one batch. An account makes about twenty more, of the people search. */
const CHUNK_ROWS = 400
const ACCOUNT_CHUNK_ROWS = 50
/** A bound value may have 2 MB. */
const CHUNK_BYTES = 400_000

/** How often another name is tried, if the one of the plan is taken meanwhile. */
const MAX_NAMES = 20

const OTHER_NUMBER = 'its number is taken here: it has another one'
const SAME_ROW = 'the same row is here already, with another number'
const EXCLUDED = 'a row that is here conflicts with it, or what it refers to is gone'

interface Run extends ImportOptions {
  readonly contract: ContractName
  readonly around: Surroundings
  /** For rows that are there already: it stores no pictures. */
  readonly dry: Surroundings
  readonly existing: ExistingRows
}

const bytesOf = ({ values, companions }: ChunkRow): number => JSON.stringify([values, companions]).length

/** Collects rows, and writes them when there are enough. */
class Chunks {
  readonly #run: Run
  readonly #table: TargetTable
  readonly #context: Omit<ChunkContext, 'now'>
  readonly #maxRows: number
  #rows: ChunkRow[] = []
  #bytes = 0
  readonly refused: string[] = []

  constructor(run: Run, table: TargetTable, model: string, maxRows: number) {
    this.#run = run
    this.#table = table
    this.#maxRows = maxRows
    const floor = table === ACCOUNTS ? 0 : (run.plan.nextNumbers[table.name] ?? 1) - 1
    this.#context = { moveId: run.plan.plan, contract: run.contract, model, floor }
  }

  async add(row: ChunkRow): Promise<void> {
    this.#rows.push(row)
    this.#bytes += bytesOf(row)
    if (this.#rows.length >= this.#maxRows || this.#bytes >= CHUNK_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#rows.length === 0) return
    const { target, loaded, report, tools } = this.#run
    const { model } = this.#context
    const { written, refused } = await writeChunk(target, this.#table, { ...this.#context, now: tools.now }, this.#rows)
    const wished = new Map(this.#rows.map((row) => [row.key, row.target]))
    for (const { key, ...entry } of written) {
      loaded.staging.setEntry(model, key, entry)
      const number = wished.get(key)
      if (this.#table.isNumbered && typeof number === 'number' && `${number}` !== entry.target) {
        report.add({ model, key, outcome: 'changed', reason: OTHER_NUMBER })
      }
    }
    report.count(model, 'moved', written.length)
    this.refused.push(...refused)
    this.#rows = []
    this.#bytes = 0
  }
}

const chunkRow = (key: string, { target, values, companions, picture }: Extract<Placement, { type: 'row' }>): ChunkRow => ({
  key,
  target,
  values,
  companions,
  picture,
})

const runPhase = async (run: Run, phase: Phase): Promise<void> => {
  const { loaded, report, progress, target } = run
  const { model, table, ledgerModel } = phase
  const stay = reasonForModel(model, run.contract)
  const rows = loaded.staging.counts.get(model) ?? 0
  if (stay !== null) return
  progress.start(model.name, rows)
  if (table.isNumbered && loaded.staging.nextKey(model) > 1) {
    await target.batch(raiseNextNumber(table.name, loaded.staging.nextKey(model)))
  }
  const chunks = new Chunks(run, table, ledgerModel, CHUNK_ROWS)
  for (const record of loaded.staging.records(model)) {
    const key = phase.ledgerKey(record)
    const isThere = loaded.staging.entry(ledgerModel, key) !== null
    const placement = await phase.place(record, isThere ? run.dry : run.around)
    if (placement.type === 'stays') report.add({ model: model.name, key, outcome: 'stays', reason: placement.reason })
    if (placement.type === 'row') for (const reason of placement.notes) report.add({ model: model.name, key, outcome: 'changed', reason })
    if (isThere) report.count(ledgerModel, 'before')
    else if (placement.type === 'row') await chunks.add(chunkRow(key, placement))
    else if (placement.type === 'present') {
      loaded.staging.setEntry(ledgerModel, key, { target: placement.target, digest: '' })
      report.count(ledgerModel, 'present')
      if (placement.target !== key) report.add({ model: model.name, key, outcome: 'changed', reason: SAME_ROW })
    }
    progress.advance(1)
  }
  await chunks.flush()
  for (const key of chunks.refused) report.add({ model: model.name, key, outcome: 'stays', reason: EXCLUDED })
  progress.end()
}

interface NamedAccount {
  readonly record: StagedRecord
  readonly decision: AccountDecision
}

/** A name may have been taken since the plan was made: then the account gets another one, and keeps its own in its contract. */
const retryNames = async (run: Run, phase: AccountPhase, refused: ReadonlyMap<string, NamedAccount>): Promise<void> => {
  const { contract, report } = run
  let waiting = refused
  const names = new Map([...refused].map(([key, { record }]) => [key, otherNames(typedName(`${record.fields.username}`), contract)]))
  for (let attempt = 0; attempt < MAX_NAMES && waiting.size > 0; attempt++) {
    const chunks = new Chunks(run, ACCOUNTS, phase.model.name, ACCOUNT_CHUNK_ROWS)
    for (const [key, { record, decision }] of waiting) {
      const own = typedName(`${record.fields.username}`)
      const username = names.get(key)?.next().value ?? own
      const placement = phase.place(record, { ...decision, username, contractName: own }, run.around)
      if (placement.type === 'row') await chunks.add(chunkRow(key, placement))
    }
    await chunks.flush()
    const again = new Set(chunks.refused)
    for (const [key] of waiting) {
      if (again.has(key)) continue
      report.add({
        model: phase.model.name,
        key,
        outcome: 'changed',
        reason: 'its name was taken since the plan was made: it has another one',
      })
    }
    waiting = new Map([...waiting].filter(([key]) => again.has(key)))
  }
  for (const [key] of waiting) report.add({ model: phase.model.name, key, outcome: 'stays', reason: EXCLUDED })
}

const runAccounts = async (run: Run): Promise<void> => {
  const { loaded, report, progress, plan } = run
  const phase = accountPhaseOf(loaded, plan, loaded.staging)
  const { model } = phase
  progress.start('accounts', loaded.staging.counts.get(model) ?? 0)
  const chunks = new Chunks(run, ACCOUNTS, model.name, ACCOUNT_CHUNK_ROWS)
  let decided = new Map<string, NamedAccount>()
  const retry = async (): Promise<void> => {
    await chunks.flush()
    const refused = new Map(
      chunks.refused.flatMap((key) => {
        const account = decided.get(key)
        return account ? [[key, account] as const] : []
      }),
    )
    chunks.refused.length = 0
    decided = new Map()
    if (refused.size > 0) await retryNames(run, phase, refused)
  }
  for (const record of loaded.staging.records(model)) {
    const { keyText: key } = record
    const decision = phase.decide(record)
    progress.advance(1)
    if ('reason' in decision) {
      report.add({ model: model.name, key, outcome: 'stays', reason: decision.reason })
      continue
    }
    const placement = phase.place(record, decision, run.around)
    if (placement.type !== 'row') continue
    for (const reason of placement.notes) report.add({ model: model.name, key, outcome: 'changed', reason })
    if (loaded.staging.entry(model.name, key)) {
      report.count(model.name, 'before')
      continue
    }
    decided.set(key, { record, decision })
    await chunks.add(chunkRow(key, placement))
    if (decided.size >= ACCOUNT_CHUNK_ROWS) await retry()
  }
  await retry()
  progress.end()
}

/** The rows of the source that no rule looks at. */
const reportOthers = ({ loaded, report }: Run): void => {
  for (const { model, key, place, reason } of loaded.unreadable) {
    report.add({ model: model.name, key: key === '' ? place : key, outcome: 'stays', reason: `it cannot be read: ${reason}` })
  }
  for (const { model, rows, reason } of tablesNotImported(loaded)) report.addTable(model, rows, reason)
}

const startRun = async ({ plan, target, tools }: ImportOptions, contract: ContractName): Promise<void> => {
  await target.batch([
    {
      sql: 'INSERT INTO moves (id, contract, started_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      parameters: [plan.plan, contract, tools.now],
    },
  ])
  const [run] = await query(target, 'SELECT contract, undone_at FROM moves WHERE id = ?', plan.plan)
  if (run && run.undone_at !== null) throw new CliError('This plan was imported and taken back. Make a new plan.')
  if (run && textOf(run, 'contract') !== contract) throw new CliError('This plan was imported for another contract. Make a new plan.')
}

export const importSource = async (options: ImportOptions): Promise<void> => {
  const { plan, loaded, target, tools, uploads, pictures } = options
  const { contract, staging } = loaded
  const { before, after, rooms } = phasesOf(loaded)
  // Without the Worker the import could not come to its end: it fails before it has written anything.
  if (rooms?.isNeeded(staging)) await options.rooms.add(0, [])
  await startRun(options, contract)
  await target.batch(reserveNumbers(contract, plan.formerNumber))
  await readLedger(target, contract, staging)
  const existing = await readExistingRows(target, contract)
  const { model: accountModel } = accountPhaseOf(loaded, plan, staging)
  const common = { contract, staging, accountModel, existing, tools }
  const run: Run = {
    ...options,
    contract,
    existing,
    around: surroundingsOf({ ...common, pictures: createPictures(plan.plan, uploads, pictures) }),
    dry: surroundingsOf({ ...common, pictures: createPictures(plan.plan, uploads, null) }),
  }
  for (const phase of before) await runPhase(run, phase)
  await runAccounts(run)
  for (const phase of after) await runPhase(run, phase)
  if (rooms) await importRooms({ ...run, staging }, rooms)
  reportOthers(run)
  await target.batch([{ sql: 'UPDATE moves SET finished_at = ? WHERE id = ?', parameters: [tools.now, plan.plan] }])
}
