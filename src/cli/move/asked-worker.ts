import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { ensureDevSecret } from '../secret.ts'
import { cleanWorkerRegistry, stateFrom } from '../state.ts'
import { withWorker } from '../worker.ts'
import { root } from '../wrangler.ts'
import { createAsk } from './answers/ask.ts'
import { collectorOf } from './answers/collect.ts'
import { Facts } from './answers/facts.ts'
import { formerJwtSecret, NO_TEMPORARY_LOG_INS, temporaryLogIns } from './answers/log-ins.ts'
import { type AnswersOptions, verifyAnswers } from './answers/verify-answers.ts'
import { DEFAULT_ANSWERS, type VerifyInvocation } from './arguments.ts'
import { type Plan, readPlan } from './plan/plan-file.ts'
import { type Collector, NO_COLLECTOR } from './run/collector.ts'
import type { Loaded } from './run/load.ts'
import type { Progress } from './run/progress.ts'
import type { Report } from './run/report.ts'
import { query, type Target, textOf } from './target/target.ts'

/** The part of `verify` that asks the Worker: one with an address, or one that runs on the local database only for this. */

export interface AskedWorker {
  readonly origin: string
  /** The JWT secret of the Worker; null if it is not known. */
  readonly secret: string | null
}

/** No log-in is sent to an address that does not answer as Concord does. */
const requireConcord = async (origin: string): Promise<void> => {
  const { status, body } = await createAsk(origin, fetch)('/health', {})
  const isConcord = typeof body === 'object' && body !== null && 'status' in body
  if (!isConcord) throw new CliError(`${origin}/health does not answer as Concord does: no log-in is sent to it.`)
  if (status !== 200) throw new CliError(`${origin}/health responds with ${status}: the answers cannot be compared.`)
}

/** The numbers that imports have recorded, in the form of the setting FORMER_IDS. */
export const recordedFormerIds = async (target: Target): Promise<string> => {
  const rows = await query(target, 'SELECT contract, next_id FROM former_numbers ORDER BY contract')
  return rows.map((row) => `${textOf(row, 'contract')}:${textOf(row, 'next_id')}`).join(', ')
}

/** The JWT issuer of the Worker that is started. */
const ISSUER = 'npm run move'

const NO_ADDRESS = 'The answers of the Worker are not compared: --url names its address.'

const A_SERVER_IS_RUNNING =
  'A server is running on this database. Name its address, such as --url http://localhost:8787, stop it, or compare only the rows: --answers 0'

/**
 * Runs `work` with the Worker that is asked; with null if none is. On the local database, it is started: two servers on one database
 * would run each Durable Object twice, so no other one may run. Its secret is random, so that no other Worker accepts what is
 * signed with it.
 */
export const withAskedWorker = async (
  { answers, url, environment, persistTo, secretKeys, path }: VerifyInvocation,
  formerIds: () => Promise<string>,
  work: (worker: AskedWorker | null) => Promise<void>,
): Promise<void> => {
  if (answers === 0) return work(null)
  if (url !== null) {
    await requireConcord(url)
    return work({ origin: url, secret: null })
  }
  if (environment !== null) {
    console.log(NO_ADDRESS)
    return work(null)
  }
  const state = stateFrom(persistTo)
  // Also this command's own access to the database counts as a server.
  if (await cleanWorkerRegistry(state)) throw new CliError(A_SERVER_IS_RUNNING)
  ensureDevSecret(join(root, '.dev.vars'))
  const { contract } = readPlan(path).source
  const [secret, ids, formerSecret] = [randomBytes(48).toString('base64url'), await formerIds(), formerJwtSecret(contract, secretKeys)]
  const variables = {
    JWT_SECRET: secret,
    JWT_ISSUER: ISSUER,
    ...(ids !== '' && { FORMER_IDS: ids }),
    ...(formerSecret !== null && { FORMER_JWT_SECRET: formerSecret }),
  }
  return withWorker(state, (origin) => work({ origin, secret }), variables)
}

interface Options {
  readonly target: Target
  readonly plan: Plan
  readonly loaded: Pick<Loaded, 'contract' | 'staging'>
  readonly invocation: VerifyInvocation
  readonly progress: Progress
}

interface Answers {
  readonly collector: Collector
  /** Asks, and adds to the report what is different. Returns whether the Worker was asked. */
  compare(report: Report): Promise<boolean>
  close(): void
}

const NO_ANSWERS: Answers = { collector: NO_COLLECTOR, compare: async () => false, close: () => undefined }

const written = (count: number): string => count.toLocaleString('en')

const summaryOf = async (options: AnswersOptions): Promise<string> => {
  const { ask, facts } = options
  const startedAt = performance.now()
  const { people, withoutLogIn } = await verifyAnswers(options)
  const seconds = (performance.now() - startedAt) / 1000
  const rate = Math.round(ask.requests() / seconds)
  return [
    `For ${written(people)} of ${written(facts.peopleCount)} people, the Worker was asked ${written(ask.requests())} times in ${Math.ceil(seconds)} s: ${written(rate)} requests a second.`,
    ...(withoutLogIn > 0
      ? [`${written(withoutLogIn)} people have no log-in of the former server: the Worker was not asked for them.`]
      : []),
  ].join('\n')
}

export const openAnswers = (worker: AskedWorker | null, { target, plan, loaded, invocation, progress }: Options): Answers => {
  if (worker === null) return NO_ANSWERS
  const { contract, staging } = loaded
  const { origin, secret } = worker
  const facts = new Facts(staging)
  return {
    collector: collectorOf(contract, plan, facts, target),
    compare: async (report) => {
      const summary = await summaryOf({
        contract,
        facts,
        target,
        ask: createAsk(origin, fetch),
        temporary: secret === null ? NO_TEMPORARY_LOG_INS : temporaryLogIns(target, secret, ISSUER),
        secretKeys: invocation.secretKeys,
        people: invocation.answers ?? (secret === null ? DEFAULT_ANSWERS.address : DEFAULT_ANSWERS.local),
        report,
        progress,
      })
      console.log(`\n${report.text('Answers that are as in the source')}\n\n${summary}`)
      return true
    },
    close: () => facts.close(),
  }
}
