import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { OperatorContext } from '../../../domain/access.ts'
import { recordCommand } from '../../../domain/audit.ts'
import { CliError } from '../../cli-error.ts'
import { ensureDevSecret } from '../../secret.ts'
import { cleanWorkerRegistry, stateFrom } from '../../state.ts'
import { withWorker } from '../../worker.ts'
import { root } from '../../wrangler.ts'
import { DEFAULT_ANSWERS, type VerifyInvocation } from '../arguments.ts'
import type { Plan } from '../plan/plan-file.ts'
import type { Loaded } from '../run/load.ts'
import type { Progress } from '../run/progress.ts'
import type { Report } from '../run/report.ts'
import { query, type Target, textOf } from '../target/target.ts'
import { createAsk } from './ask.ts'
import { type Collector, collectorOf, NO_COLLECTOR } from './collect.ts'
import { Facts } from './facts.ts'
import { formerJwtSecret, NO_TEMPORARY_LOG_INS, temporaryLogIns } from './log-ins.ts'
import { type AnswersOptions, verifyAnswers } from './verify-answers.ts'

/** The part of `verify` that asks the Worker: one with an address, or one that is started on the local database for this. */

interface Options {
  readonly context: OperatorContext
  readonly target: Target
  /** FORMER_IDS of wrangler.toml; empty if it is not set. */
  readonly formerIds: string
  readonly plan: Plan
  readonly loaded: Pick<Loaded, 'contract' | 'staging'>
  readonly invocation: VerifyInvocation
  readonly progress: Progress
}

export interface Answers {
  readonly collector: Collector
  /** Asks, and adds to the report what is different. Returns whether the Worker was asked. */
  compare(report: Report): Promise<boolean>
  close(): void
}

const written = (count: number): string => count.toLocaleString('en')

type Asking = Omit<AnswersOptions, 'ask' | 'temporary' | 'report'>

const timed = async (options: AnswersOptions): Promise<string> => {
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

/** As the setting is written, from what imports have recorded. */
const recordedFormerIds = async (target: Target): Promise<string> => {
  const rows = await query(target, 'SELECT contract, next_id FROM former_numbers ORDER BY contract')
  return rows.map((row) => `${textOf(row, 'contract')}:${textOf(row, 'next_id')}`).join(', ')
}

/** The secret of that Worker is random: no other one accepts the log-ins that are signed with it. */
const askLocally = async (asking: Asking, report: Report, { context, target, formerIds, invocation }: Options): Promise<string> => {
  const state = stateFrom(invocation.persistTo)
  await recordCommand(context, '', 'move verify')
  ensureDevSecret(join(root, '.dev.vars'))
  const secret = randomBytes(48).toString('base64url')
  const ids = formerIds || (await recordedFormerIds(target))
  const formerSecret = formerJwtSecret(asking.contract, asking.secretKeys)
  const variables = {
    JWT_SECRET: secret,
    ...(ids !== '' && { FORMER_IDS: ids }),
    ...(formerSecret !== null && { FORMER_JWT_SECRET: formerSecret }),
  }
  const temporary = temporaryLogIns(target, secret, context.settings.jwtIssuer)
  return withWorker(state, (origin) => timed({ ...asking, report, ask: createAsk(origin, fetch), temporary }), variables)
}

/** No log-in is sent to an address that does not answer as Concord does. */
const requireConcord = async (origin: string): Promise<void> => {
  const { status, body } = await createAsk(origin, fetch)('/health', {})
  const isConcord = typeof body === 'object' && body !== null && 'status' in body
  if (!isConcord) throw new CliError(`${origin}/health does not answer as Concord does: no log-in is sent to it.`)
  if (status !== 200) throw new CliError(`${origin}/health responds with ${status}: the answers cannot be compared.`)
}

/** Two servers on one database would run each Durable Object twice. Also the command's own access to the database counts as one: ask before it is opened. */
const requireNoServer = async (persistTo: string | undefined): Promise<void> => {
  if (!(await cleanWorkerRegistry(stateFrom(persistTo)))) return
  throw new CliError(
    'A server is running on this database. Name its address, such as --url http://localhost:8787, stop it, or compare only the rows: --answers 0',
  )
}

/** Before anything is read, which may take minutes. */
export const checkAnswering = async ({ answers, url, environment, persistTo }: VerifyInvocation): Promise<void> => {
  if (answers === 0) return
  if (url !== null) await requireConcord(url)
  else if (environment === null) await requireNoServer(persistTo)
}

const NO_ADDRESS = 'The answers of the Worker were not compared: --url names its address.'

export const openAnswers = (options: Options): Answers => {
  const { target, plan, loaded, invocation, progress } = options
  const { url, environment, secretKeys } = invocation
  const people = invocation.answers ?? (url === null ? DEFAULT_ANSWERS.local : DEFAULT_ANSWERS.address)
  const isWithoutAddress = url === null && environment !== null
  if (people === 0 || isWithoutAddress) {
    const compare = async (): Promise<boolean> => {
      if (isWithoutAddress) console.log(NO_ADDRESS)
      return false
    }
    return { collector: NO_COLLECTOR, compare, close: () => undefined }
  }
  const { contract, staging } = loaded
  const facts = new Facts(staging)
  const asking = { contract, facts, target, secretKeys, people, progress }
  return {
    collector: collectorOf(contract, plan, facts, target),
    compare: async (report) => {
      const summary =
        url === null
          ? await askLocally(asking, report, options)
          : await timed({ ...asking, report, ask: createAsk(url, fetch), temporary: NO_TEMPORARY_LOG_INS })
      console.log(`\n${report.text('Answers that are as in the source')}\n\n${summary}`)
      return true
    },
    close: () => facts.close(),
  }
}
