import { createHash } from 'node:crypto'
import { createAsk, type Fetch } from '../../../src/cli/move/answers/ask.ts'
import { collectorOf } from '../../../src/cli/move/answers/collect.ts'
import { Facts } from '../../../src/cli/move/answers/facts.ts'
import { NO_TEMPORARY_LOG_INS, temporaryLogIns } from '../../../src/cli/move/answers/log-ins.ts'
import { type Compared, verifyAnswers } from '../../../src/cli/move/answers/verify-answers.ts'
import type { Plan } from '../../../src/cli/move/plan/plan-file.ts'
import { type Collector, NO_COLLECTOR } from '../../../src/cli/move/run/collector.ts'
import { importSource } from '../../../src/cli/move/run/import.ts'
import { type Loaded, load } from '../../../src/cli/move/run/load.ts'
import { uploadsOf } from '../../../src/cli/move/run/pictures.ts'
import { makePlan } from '../../../src/cli/move/run/plan.ts'
import { Progress } from '../../../src/cli/move/run/progress.ts'
import { Report } from '../../../src/cli/move/run/report.ts'
import type { Tools } from '../../../src/cli/move/run/surroundings.ts'
import { undoRun } from '../../../src/cli/move/run/undo.ts'
import { verifySource } from '../../../src/cli/move/run/verify.ts'
import { numberingPlansFile } from '../../../src/cli/numbering-plans.ts'
import { loadPhoneNumbers, readContactNumber, readPhoneNumber } from '../../../src/domain/accounts/phone-numbers.ts'
import { addressDigests } from '../../../src/domain/contacts/addresses.ts'
import type { ContractName } from '../../../src/model/contract.ts'
import type { TestTarget } from './database.ts'

/** A source planned and imported, as the commands do it, into a database of the test. */

const NOW = Date.parse('2026-11-21T12:00:00Z')

const toolsWith = async (secretKeys: readonly string[], now = NOW): Promise<Tools> => {
  await loadPhoneNumbers({ readReferenceFile: async () => numberingPlansFile() })
  return {
    now,
    phoneNumber: readPhoneNumber,
    contactDigests: (accountId, { email, phone }) =>
      addressDigests(accountId, { email: email || null, phone: readContactNumber(phone, null) }),
    secretKeys,
  }
}

export interface MoveOptions {
  readonly secretKeys?: readonly string[]
  readonly contract?: ContractName | null
  readonly change?: (plan: Plan) => Plan
  readonly pictures?: Map<string, Uint8Array>
  /** The time of the import. */
  readonly now?: number
}

const FOLDERS: Readonly<Partial<Record<ContractName, string>>> = { mindharmony: 'profile_pictures', matrimony: 'profile_img' }

const silent = () => new Progress({ isTerminal: false, write: () => undefined, now: () => 0 })

export const planFor = async (target: TestTarget, path: string, { secretKeys = [], contract = null }: MoveOptions = {}): Promise<Plan> => {
  const loaded = await load(path, contract)
  try {
    return await makePlan({ loaded, path, media: null, target, secretKeys, now: NOW })
  } finally {
    loaded.staging.close()
  }
}

export interface Moved {
  readonly plan: Plan
  readonly report: Report
}

export const importPlan = async (target: TestTarget, path: string, plan: Plan, options: MoveOptions = {}): Promise<Report> => {
  const { secretKeys = [], contract = null, pictures = new Map(), now = NOW } = options
  const loaded = await load(path, contract)
  const report = new Report()
  try {
    const uploads = await uploadsOf(loaded.source.folder, FOLDERS[loaded.contract], undefined)
    const store = { put: async (name: string, bytes: Uint8Array) => void pictures.set(name, bytes) }
    await importSource({
      plan,
      loaded,
      target,
      rooms: target.rooms,
      tools: await toolsWith(secretKeys, now),
      uploads,
      pictures: store,
      report,
      progress: silent(),
    })
    return report
  } finally {
    loaded.staging.close()
  }
}

export const moveIn = async (target: TestTarget, path: string, options: MoveOptions = {}): Promise<Moved> => {
  const { change = (plan: Plan) => plan } = options
  const plan = change(await planFor(target, path, options))
  return { plan, report: await importPlan(target, path, plan, options) }
}

/** What the Worker looks up for a token or a session. */
export const credentialId = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 32)

const verifyLoaded = async (
  target: TestTarget,
  loaded: Loaded,
  plan: Plan,
  secretKeys: readonly string[],
  collector: Collector,
): Promise<Report> => {
  const report = new Report()
  const uploads = await uploadsOf(loaded.source.folder, FOLDERS[loaded.contract], undefined)
  await verifySource({
    plan,
    loaded,
    target,
    rooms: target.rooms,
    tools: await toolsWith(secretKeys),
    uploads,
    report,
    progress: silent(),
    collector,
  })
  return report
}

export const verifyPlan = async (target: TestTarget, path: string, plan: Plan, options: MoveOptions = {}): Promise<Report> => {
  const { secretKeys = [], contract = null } = options
  const loaded = await load(path, contract)
  try {
    return await verifyLoaded(target, loaded, plan, secretKeys, NO_COLLECTOR)
  } finally {
    loaded.staging.close()
  }
}

interface Asking {
  readonly origin: string
  readonly fetch: Fetch
  /** The JWT secret of the Worker; null: only the log-ins of the former server are used. */
  readonly secret: string | null
  readonly people: number
}

/** What the Worker answers about the people of a source: a report of what is different, and how many were asked for. */
export const verifyAnswersOf = async (
  target: TestTarget,
  path: string,
  plan: Plan,
  secretKeys: readonly string[],
  { origin, fetch, secret, people }: Asking,
): Promise<Compared & { readonly report: Report; readonly requests: number }> => {
  const loaded = await load(path, null)
  const { contract, staging } = loaded
  const facts = new Facts(staging)
  const report = new Report()
  try {
    await verifyLoaded(target, loaded, plan, secretKeys, collectorOf(contract, plan, facts, target))
    const ask = createAsk(origin, fetch, 0)
    const temporary = secret === null ? NO_TEMPORARY_LOG_INS : temporaryLogIns(target, secret, 'concord')
    const compared = await verifyAnswers({ contract, facts, target, ask, temporary, secretKeys, people, report, progress: silent() })
    return { ...compared, report, requests: ask.requests() }
  } finally {
    facts.close()
    staging.close()
  }
}

export const undoPlan = async (target: TestTarget, moveId: string): Promise<Report> => {
  const report = new Report()
  await undoRun({ moveId, target, rooms: target.rooms, now: NOW, report, progress: silent() })
  return report
}
