import { existsSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { contactNumberReader, loadPhoneNumbers, readPhoneNumber } from '../../domain/accounts/phone-numbers.ts'
import { recordCommand } from '../../domain/audit.ts'
import { addressDigests } from '../../domain/contacts/addresses.ts'
import { CliError } from '../cli-error.ts'
import { migrateLocalDatabase } from '../migrate.ts'
import { openPlatform, type Platform } from '../platform.ts'
import { stateFrom } from '../state.ts'
import type { Invocation, VerifyInvocation } from './arguments.ts'
import { type AskedWorker, openAnswers, recordedFormerIds, withAskedWorker } from './asked-worker.ts'
import { ORIGINALS } from './models/originals.ts'
import { type Plan, readPlan, writePlan } from './plan/plan-file.ts'
import { planText } from './plan/print.ts'
import { CONTRACT_ROWS } from './rows/contracts.ts'
import { importSource } from './run/import.ts'
import { digestOfSource, type Loaded, load } from './run/load.ts'
import { uploadsOf } from './run/pictures.ts'
import { makePlan } from './run/plan.ts'
import { Progress } from './run/progress.ts'
import { Report } from './run/report.ts'
import type { Tools } from './run/surroundings.ts'
import { undoRun } from './run/undo.ts'
import { verifySource } from './run/verify.ts'
import { workerRooms } from './target/rooms.ts'
import { d1Target } from './target/target.ts'

/** The commands of `npm run move` that need Concord's database. */

type TargetInvocation = Extract<Invocation, { readonly environment: unknown }>
type PlanInvocation = Extract<TargetInvocation, { readonly command: 'plan' }>
type RunInvocation = Exclude<TargetInvocation, PlanInvocation | VerifyInvocation>

const progress = (): Progress =>
  new Progress({
    isTerminal: process.stderr.isTTY === true,
    write: (text) => void process.stderr.write(text),
    now: () => performance.now(),
  })

const toolsFor = async ({ context }: Platform, secretKeys: readonly string[]): Promise<Tools> => {
  await loadPhoneNumbers(context)
  const contactNumber = await contactNumberReader(context)
  return {
    now: context.now(),
    phoneNumber: readPhoneNumber,
    contactDigests: (accountId, { email, phone }) => addressDigests(accountId, { email: email || null, phone: contactNumber(phone) }),
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

const runPlan = async ({ env, context }: Platform, { path, media, contract, out, secretKeys }: PlanInvocation): Promise<void> => {
  const loaded = await loadWithProgress(path, contract)
  try {
    const file = resolve(out ?? `move-${loaded.contract}.plan.json`)
    if (existsSync(file)) throw new CliError(`${file} exists already. --out names another file.`)
    const plan = await makePlan({
      loaded,
      path: resolve(path),
      media: media === undefined ? null : resolve(media),
      target: d1Target(env.DB),
      secretKeys,
      now: context.now(),
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

const runImport = async (platform: Platform, { path, secretKeys }: RunInvocation): Promise<void> => {
  const plan = readPlan(path)
  const loaded = await loadPlanned(plan)
  const report = new Report()
  try {
    const { media } = platform.context
    await importSource({
      plan,
      loaded,
      target: d1Target(platform.env.DB),
      rooms: workerRooms(platform.env.OPERATOR),
      tools: await toolsFor(platform, secretKeys),
      uploads: await uploadsFor(plan, loaded),
      pictures: media,
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

const runVerify = async (platform: Platform, invocation: VerifyInvocation, worker: AskedWorker | null): Promise<void> => {
  const { path, secretKeys } = invocation
  const { context, env } = platform
  const plan = readPlan(path)
  const loaded = await loadPlanned(plan)
  const [report, answered] = [new Report(), new Report()]
  const target = d1Target(env.DB)
  const issuer = context.settings.jwtIssuer
  const answers = openAnswers(worker, { target, issuer, plan, loaded, invocation, progress: progress() })
  try {
    await verifySource({
      plan,
      loaded,
      target,
      rooms: workerRooms(env.OPERATOR),
      tools: await toolsFor(platform, secretKeys),
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

const isRun = (path: string): boolean => /^[0-9a-f]{32}$/.test(path)

const runUndo = async ({ env, context }: Platform, { path }: RunInvocation): Promise<void> => {
  const moveId = isRun(path) ? path : readPlan(path).plan
  const report = new Report()
  try {
    await undoRun({ moveId, target: d1Target(env.DB), rooms: workerRooms(env.OPERATOR), now: context.now(), report, progress: progress() })
    console.log(report.text('Rows that were taken back'))
  } finally {
    report.close()
  }
}

/** Whether the command may have to reach rooms. Which contract a run belongs to is known by its plan only. */
const hasRooms = ({ command, path }: TargetInvocation): boolean =>
  command !== 'plan' && (isRun(path) || CONTRACT_ROWS[readPlan(path).source.contract].rooms !== undefined)

const withPlatform = async <T>(invocation: TargetInvocation, work: (platform: Platform) => Promise<T>): Promise<T> => {
  const { environment, persistTo } = invocation
  const platform = await openPlatform({ environment, state: stateFrom(persistTo).folder, operator: hasRooms(invocation) })
  try {
    if (environment === null) await migrateLocalDatabase(platform.env.DB)
    return await work(platform)
  } finally {
    await platform.close()
  }
}

/** The setting in wrangler.toml, or what it would have to be. Recorded, because log-ins are created with the Worker that gets it. */
const formerIdsFor = (invocation: VerifyInvocation): Promise<string> =>
  withPlatform(invocation, async ({ context, env }) => {
    await recordCommand(context, '', 'move verify')
    return env.FORMER_IDS || recordedFormerIds(d1Target(env.DB))
  })

export const runWithTarget = (invocation: TargetInvocation): Promise<void> => {
  if (invocation.command === 'verify') {
    const { contract } = readPlan(invocation.path).source
    return withAskedWorker(
      invocation,
      contract,
      () => formerIdsFor(invocation),
      (worker) => withPlatform(invocation, (platform) => runVerify(platform, invocation, worker)),
    )
  }
  return withPlatform(invocation, async (platform) => {
    if (invocation.command === 'plan') return runPlan(platform, invocation)
    await recordCommand(platform.context, '', `move ${invocation.command}`)
    return invocation.command === 'import' ? runImport(platform, invocation) : runUndo(platform, invocation)
  })
}
