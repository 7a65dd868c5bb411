import { reasonForModel } from '../inspect/reasons.ts'
import type { Plan } from '../plan/plan-file.ts'
import { typedName } from '../rows/account-texts.ts'
import { ACCOUNTS, type AccountDecision } from '../rows/accounts.ts'
import type { Phase, Placement, Surroundings } from '../rows/placing.ts'
import type { StagedRecord } from '../staging/staging.ts'
import type { Rooms } from '../target/rooms.ts'
import type { TargetTable } from '../target/table.ts'
import { query, type Target, type TargetRow, textOf } from '../target/target.ts'
import { byTargetKey, differingColumns, digestOfRow, digestOfValues, selectByKeys } from '../target/watched.ts'
import type { Collector, PlacedAccount } from './collector.ts'
import { readExistingRows, readLedger } from './ledger.ts'
import type { Loaded } from './load.ts'
import { accountPhaseOf, phasesOf } from './phases.ts'
import { createPictures, type uploadsOf } from './pictures.ts'
import type { Progress } from './progress.ts'
import { CHANGED_HERE, GONE, MISSING } from './reasons.ts'
import type { Report } from './report.ts'
import { surroundingsOf, type Tools } from './surroundings.ts'
import { verifyRooms } from './verify-rooms.ts'

/** Compares every record of a source with the row that has become of it. It writes nothing. What the Worker answers about them is compared in ../answers/. */

export interface VerifyOptions {
  readonly plan: Plan
  readonly loaded: Loaded
  readonly target: Target
  readonly rooms: Rooms
  readonly tools: Tools
  readonly uploads: Awaited<ReturnType<typeof uploadsOf>>
  readonly report: Report
  readonly progress: Progress
  /** Gets each record that was imported. */
  readonly collector: Collector
}

const PAGE = 300

interface Expected {
  readonly key: string
  readonly target: string
  readonly digest: string
  readonly placement: Extract<Placement, { type: 'row' }>
}

interface Verification extends VerifyOptions {
  readonly around: Surroundings
}

/** Null: it is as it should be. */
const findingOf = (table: TargetTable, row: TargetRow | undefined, { digest, placement }: Expected): string | null => {
  if (!row) return GONE
  if (digestOfRow(table, row) !== digest) return CHANGED_HERE
  if (digestOfValues(table, placement.values, placement.companions) === digest) return null
  const columns = differingColumns(table, row, placement.values, placement.companions)
  return `it is not as in the source: ${columns.join(', ')}`
}

const comparePage = async (run: Verification, table: TargetTable, model: string, page: readonly Expected[]): Promise<void> => {
  const [rows = []] = await run.target.batch([
    selectByKeys(
      table,
      page.map(({ target }) => target),
    ),
  ])
  const found = byTargetKey(rows)
  for (const expected of page) {
    const finding = findingOf(table, found.get(expected.target), expected)
    if (finding === null) run.report.count(model, 'moved')
    else run.report.add({ model, key: expected.key, outcome: 'differs', reason: finding })
  }
}

const verifyPhase = async (run: Verification, phase: Phase): Promise<void> => {
  const { loaded, report, progress, around, collector } = run
  const { model, table, ledgerModel } = phase
  if (reasonForModel(model, loaded.contract) !== null) return
  progress.start(model.name, loaded.staging.counts.get(model) ?? 0)
  let page: Expected[] = []
  for (const record of loaded.staging.records(model)) {
    const key = phase.ledgerKey(record)
    const placement = await phase.place(record, around)
    const entry = loaded.staging.entry(ledgerModel, key)
    progress.advance(1)
    if (placement.type === 'stays') report.add({ model: model.name, key, outcome: 'stays', reason: placement.reason })
    if (placement.type === 'present') {
      loaded.staging.setEntry(ledgerModel, key, { target: placement.target, digest: '' })
      report.count(ledgerModel, 'present')
      collector.record(ledgerModel, { record, placement, target: placement.target })
    }
    if (placement.type !== 'row') continue
    collector.record(ledgerModel, { record, placement, target: entry?.target ?? `${placement.target}` })
    if (!entry) report.add({ model: model.name, key, outcome: 'differs', reason: MISSING })
    else page.push({ key, target: entry.target, digest: entry.digest, placement })
    if (page.length < PAGE) continue
    await comparePage(run, table, ledgerModel, page)
    page = []
  }
  if (page.length > 0) await comparePage(run, table, ledgerModel, page)
  progress.end()
}

interface DecidedAccount {
  readonly record: StagedRecord
  readonly decision: AccountDecision
  readonly target: string
  readonly digest: string
}

/** The names that lead to accounts in this contract alone. */
const contractNamesOf = async ({ target, loaded }: Verification, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const rows = await query(
    target,
    'SELECT account_id, name FROM contract_names WHERE contract = ? AND account_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))',
    loaded.contract,
    JSON.stringify(ids),
  )
  return new Map(rows.map((row) => [textOf(row, 'account_id'), textOf(row, 'name')]))
}

const verifyAccounts = async (run: Verification): Promise<void> => {
  const { loaded, report, progress, around, plan } = run
  const phase = accountPhaseOf(loaded, plan, loaded.staging)
  const { model } = phase
  progress.start('accounts', loaded.staging.counts.get(model) ?? 0)
  const compare = async (page: readonly DecidedAccount[]): Promise<void> => {
    const ids = page.map(({ target }) => target)
    const [rows = []] = await run.target.batch([selectByKeys(ACCOUNTS, ids)])
    const found = byTargetKey(rows)
    const names = await contractNamesOf(run, ids)
    const placed: PlacedAccount[] = []
    for (const { record, decision, target, digest } of page) {
      const row = found.get(target)
      const key = record.keyText
      const username = row ? textOf(row, 'username') : decision.username
      // The name may have been given by the import, where the plan's was taken meanwhile.
      const placement = phase.place(record, { ...decision, username }, around)
      if (placement.type !== 'row') continue
      placed.push({ record, placement, target, decision, username })
      const finding = findingOf(ACCOUNTS, row, { key, target, digest, placement })
      const own = typedName(`${record.fields.username}`)
      // Another account has the same name, but for spaces at its ends.
      const hasNoName = decision.username !== own && decision.contractName === null
      const isNamed = username === own || names.get(target) === own || hasNoName
      if (finding !== null) report.add({ model: model.name, key, outcome: 'differs', reason: finding })
      else if (!isNamed) report.add({ model: model.name, key, outcome: 'differs', reason: 'its name does not lead to it' })
      else report.count(model.name, 'moved')
    }
    await run.collector.accounts(placed)
  }
  let page: DecidedAccount[] = []
  for (const record of loaded.staging.records(model)) {
    const { keyText: key } = record
    const decision = phase.decide(record)
    const entry = loaded.staging.entry(model.name, key)
    progress.advance(1)
    if ('reason' in decision) report.add({ model: model.name, key, outcome: 'stays', reason: decision.reason })
    else if (!entry) report.add({ model: model.name, key, outcome: 'differs', reason: MISSING })
    else page.push({ record, decision, ...entry })
    if (page.length < PAGE) continue
    await compare(page)
    page = []
  }
  if (page.length > 0) await compare(page)
  progress.end()
}

export const verifySource = async (options: VerifyOptions): Promise<void> => {
  const { plan, loaded, target, tools, uploads } = options
  const { contract, staging } = loaded
  await readLedger(target, contract, staging)
  const existing = await readExistingRows(target, contract)
  const { model: accountModel } = accountPhaseOf(loaded, plan, staging)
  const pictures = createPictures(plan.plan, uploads, null)
  const run = { ...options, around: surroundingsOf({ contract, staging, accountModel, existing, tools, pictures }) }
  const { before, after, rooms } = phasesOf(loaded)
  for (const phase of before) await verifyPhase(run, phase)
  await verifyAccounts(run)
  for (const phase of after) await verifyPhase(run, phase)
  if (rooms) await verifyRooms({ ...run, staging }, rooms)
}
