import { hash } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadPhoneNumbers, readContactNumber, readPhoneNumber } from '../../domain/accounts/phone-numbers.ts'
import { addressDigests } from '../../domain/contacts/addresses.ts'
import { CliError } from '../cli-error.ts'
import { numberingPlansFile } from '../numbering-plans.ts'
import type { Invocation, VerifyInvocation } from './arguments.ts'
import { type AskedWorker, openAnswers } from './asked-worker.ts'
import type { Connection } from './connection/connection.ts'
import { ORIGINALS } from './models/originals.ts'
import { type Plan, readPlan, writePlan } from './plan/plan-file.ts'
import { planText } from './plan/print.ts'
import { importSource } from './run/import.ts'
import { digestOfSource, type Loaded, load } from './run/load.ts'
import { uploadsOf } from './run/pictures.ts'
import { makePlan } from './run/plan.ts'
import { Progress } from './run/progress.ts'
import { Report } from './run/report.ts'
import type { Tools } from './run/surroundings.ts'
import { undoRun } from './run/undo.ts'
import { verifySource } from './run/verify.ts'

/** The commands of `npm run move` that need Concord's database. */

type TargetInvocation = Exclude<Extract<Invocation, { readonly environment: unknown }>, VerifyInvocation>
type PlanInvocation = Extract<TargetInvocation, { readonly command: 'plan' }>
type RunInvocation = Exclude<TargetInvocation, PlanInvocation>

const progress = (): Progress =>
  new Progress({
    isTerminal: process.stderr.isTTY === true,
    write: (text) => void process.stderr.write(text),
    now: () => performance.now(),
  })

/** A seventieth of the time of Web Crypto, which starts a job in a thread for each text. */
const sha256 = (text: string): string => hash('sha256', text)

const toolsFor = async (secretKeys: readonly string[]): Promise<Tools> => {
  await loadPhoneNumbers({ readReferenceFile: async () => numberingPlansFile() })
  return {
    now: Date.now(),
    phoneNumber: readPhoneNumber,
    // The sender's number is a setting of the Worker: a number without a country stays without one.
    contactDigests: (accountId, { email, phone }) =>
      addressDigests(accountId, { email: email || null, phone: readContactNumber(phone, null) }, sha256),
    secretKeys,
  }
}

const loadWithProgress = async (path: string, contract: Plan['source']['contract'] | null): Promise<Loaded> => {
  const bar = progress()
  bar.start('reading', 0)
  const loaded = await load(path, contract, (rows) => bar.advance(rows))
  bar.end()
  return loaded
}

const runPlan = async ({ target }: Connection, { path, media, contract, out, secretKeys }: PlanInvocation): Promise<void> => {
  const loaded = await loadWithProgress(path, contract)
  try {
    const file = resolve(out ?? `move-${loaded.contract}.plan.json`)
    if (existsSync(file)) throw new CliError(`${file} exists already. --out names another file.`)
    const plan = await makePlan({
      loaded,
      path: resolve(path),
      media: media === undefined ? null : resolve(media),
      target,
      secretKeys,
      now: Date.now(),
    })
    writePlan(file, plan)
    console.log(planText(plan))
    console.log(`\nThe plan is in ${file}. Read it, change it, and then: npm run move -- import ${file}`)
  } finally {
    loaded.staging.close()
  }
}

const loadPlanned = async ({ source }: Plan): Promise<Loaded> => {
  const loaded = await loadWithProgress(source.path, source.contract)
  if ((await digestOfSource(loaded.source)) === source.digest) return loaded
  loaded.staging.close()
  throw new CliError(`${source.path} is not what the plan was made of any more. Make a new plan.`)
}

const uploadsFor = (plan: Plan, loaded: Loaded) =>
  uploadsOf(loaded.source.folder, ORIGINALS[loaded.contract].uploads, plan.source.media ?? undefined)

/** Beside the plan. The text is short; the JSON has every row. */
const writeReport = async (report: Report, planPath: string, name: string): Promise<void> => {
  const base = planPath.replace(/(?:\.plan)?\.json$/, '')
  await report.write(`${base}.${name}.json`)
  writeFileSync(`${base}.${name}.txt`, `${report.text()}\n`, { mode: 0o600 })
  console.log(`\nEvery row is in ${base}.${name}.json`)
}

/** Otherwise the deployed Worker would take the numbers of the people who move in for those of others, and `/health` would fail. */
const checkNumbers = ({ formerNumbers }: Connection, { formerNumber, source: { contract } }: Plan): void => {
  if (formerNumbers === null || (formerNumbers[contract] ?? 0) >= formerNumber) return
  throw new CliError(
    `The deployed Worker does not know the numbers of this source: set FORMER_IDS to ${contract}:${formerNumber} or more, and deploy it first.`,
  )
}

const runImport = async (connection: Connection, { path, secretKeys }: RunInvocation): Promise<void> => {
  const plan = readPlan(path)
  checkNumbers(connection, plan)
  const { target, pictures, rooms } = connection
  const loaded = await loadPlanned(plan)
  const report = new Report()
  try {
    await importSource({
      plan,
      loaded,
      target,
      rooms,
      tools: await toolsFor(secretKeys),
      uploads: await uploadsFor(plan, loaded),
      pictures,
      report,
      progress: progress(),
    })
    console.log(report.text())
    await writeReport(report, path, 'report')
  } finally {
    report.close()
    loaded.staging.close()
  }
}

const differencesOf = (report: Report): number => report.reasons('differs').reduce((sum, { rows }) => sum + rows, 0)

/** `worker`: the one that is asked; null: only the rows are compared. */
export const runVerify = async ({ target, rooms }: Connection, invocation: VerifyInvocation, worker: AskedWorker | null): Promise<void> => {
  const { path, secretKeys } = invocation
  const plan = readPlan(path)
  const loaded = await loadPlanned(plan)
  const [report, answered] = [new Report(), new Report()]
  const answers = openAnswers(worker, { target, plan, loaded, invocation, progress: progress() })
  try {
    await verifySource({
      plan,
      loaded,
      target,
      rooms,
      tools: await toolsFor(secretKeys),
      uploads: await uploadsFor(plan, loaded),
      report,
      progress: progress(),
      collector: answers.collector,
    })
    console.log(report.text('Rows that are as in the source'))
    await writeReport(report, path, 'verified')
    if (await answers.compare(answered)) await writeReport(answered, path, 'answers')
    if (differencesOf(report) + differencesOf(answered) > 0) process.exitCode = 1
  } finally {
    answers.close()
    answered.close()
    report.close()
    loaded.staging.close()
  }
}

const runUndo = async ({ target, rooms }: Connection, { path }: RunInvocation): Promise<void> => {
  const moveId = /^[0-9a-f]{32}$/.test(path) ? path : readPlan(path).plan
  const report = new Report()
  try {
    await undoRun({ moveId, target, rooms, now: Date.now(), report, progress: progress() })
    console.log(report.text('Rows that were taken back'))
  } finally {
    report.close()
  }
}

/** As `recordCommand` of the other commands does. A command that cannot be recorded is not run. */
export const record = async ({ target }: Connection, command: string): Promise<void> => {
  await target.batch([
    {
      sql: "INSERT INTO audit_entries (at, action, role, detail) VALUES (?, 'operator-command', 'operator', ?)",
      parameters: [Date.now(), command],
    },
  ])
}

export const runWithTarget = async (invocation: TargetInvocation, connection: Connection): Promise<void> => {
  if (invocation.command === 'plan') return runPlan(connection, invocation)
  await record(connection, `move ${invocation.command}`)
  return (invocation.command === 'import' ? runImport : runUndo)(connection, invocation)
}
