import type { ContractName } from '../../../model/contract.ts'
import type { Progress } from '../run/progress.ts'
import type { Report } from '../run/report.ts'
import type { Target } from '../target/target.ts'
import type { Answer, Ask } from './ask.ts'
import { PICTURE, type Question } from './contract.ts'
import { ANSWERS } from './contracts.ts'
import { type Difference, differencesIn, mergedPages } from './expected.ts'
import type { Facts, Person } from './facts.ts'
import { formerLogInsFor, type Headers, type TemporaryLogIns } from './log-ins.ts'

/** Sends requests to the Worker as the people of a source, and compares the answers with the source. */

export interface AnswersOptions {
  readonly contract: ContractName
  readonly facts: Facts
  readonly target: Target
  readonly ask: Ask
  readonly temporary: TemporaryLogIns
  readonly secretKeys: readonly string[]
  /** How many people are asked for. */
  readonly people: number
  readonly report: Report
  readonly progress: Progress
}

export interface Compared {
  readonly people: number
  readonly withoutLogIn: number
}

/** The number of people whose requests are sent at the same time. More do not make a local Worker faster, and disturb a deployed one. */
const CONCURRENCY = 8

const MAX_PAGES = 10_000

const TOO_MANY_REQUESTS = 429

const THROTTLED = 'a limit of the Worker has refused the request (429): it was not compared'

const answersTo = async (ask: Ask, path: string, headers: Headers): Promise<readonly [Answer, ...Answer[]]> => {
  const first = await ask(path, headers)
  const answers: [Answer, ...Answer[]] = [first]
  for (let { next } = first; next !== null && answers.length < MAX_PAGES; ) {
    const answer = await ask(next, headers)
    answers.push(answer)
    next = answer.next
  }
  return answers
}

interface Comparison {
  /** Whether the Worker has answered at all, and not refused the request. */
  readonly isAnswered: boolean
  readonly differences: readonly Difference[]
}

const compare = async (
  { facts, ask }: AnswersOptions,
  { path, status, body }: Pick<Question, 'path' | 'status' | 'body'>,
  headers: Headers,
): Promise<Comparison> => {
  const answers = await answersTo(ask, path, headers)
  const other = answers.find((answer) => answer.status !== status)
  if (other) {
    const finding = other.status === TOO_MANY_REQUESTS ? THROTTLED : `status ${other.status} instead of ${status}`
    return { isAnswered: false, differences: [{ row: null, finding }] }
  }
  if (body === PICTURE) {
    const [{ type }] = answers
    return { isAnswered: true, differences: type.startsWith('image/') ? [] : [{ row: null, finding: 'no picture' }] }
  }
  const merged = mergedPages(answers.map((answer) => answer.body))
  return { isAnswered: true, differences: differencesIn(merged, body, (list, id) => facts.has(list, id)) }
}

/** The key in the report is that of the account in the source, with the id of the row in its list. */
const askOne = async (options: AnswersOptions, key: string, question: Question, headers: Headers): Promise<boolean> => {
  const { contract, report } = options
  const model = `${contract} GET ${question.route}`
  const { isAnswered, differences } = await compare(options, question, headers)
  for (const { row, finding } of differences) {
    report.add({ model, key: row === null ? key : `${key} row ${row}`, outcome: 'differs', reason: finding })
  }
  if (differences.length === 0) report.count(model, 'moved')
  return isAnswered
}

/** Sends the first question with each log-in of the person, and all others with one of them. A closed account is refused. */
const askAs = async (options: AnswersOptions, person: Person, logIns: readonly Headers[]): Promise<void> => {
  const { contract, facts } = options
  const { questions, closed } = ANSWERS[contract]
  const [who, ...more] = questions(person, facts)
  const first = person.isActive ? who : { ...who, ...closed }
  const opening: Headers[] = []
  for (const headers of logIns) if (await askOne(options, person.key, first, headers)) opening.push(headers)
  const [headers] = opening
  if (!person.isActive || headers === undefined) return
  for (const question of more) await askOne(options, person.key, question, headers)
}

/** Works on a few items at the same time. */
const eachOf = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const left = items.values()
  const workThrough = async (): Promise<void> => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, workThrough))
}

type Asking = readonly [Person, readonly Headers[]]

/** Asks for the lists that everyone sees, as the first person with a log-in. */
const askForShared = async (options: AnswersOptions, asking: readonly Asking[]): Promise<boolean> => {
  const { contract, facts } = options
  const [person, [headers] = []] = asking.find(([{ isActive }, logIns]) => isActive && logIns.length > 0) ?? []
  if (!person || !headers) return false
  for (const question of ANSWERS[contract].shared(facts)) await askOne(options, person.key, question, headers)
  return true
}

export const verifyAnswers = async (options: AnswersOptions): Promise<Compared> => {
  const { facts, temporary, people, progress } = options
  let [compared, withoutLogIn] = [0, 0]
  let isShared = false
  progress.start('people asked', Math.min(people, facts.peopleCount))
  try {
    for (const page of facts.people(people)) {
      const former = await formerLogInsFor(page, options)
      const others = await temporary.open(former.flatMap(([person, logIns]) => (logIns.length === 0 ? [person] : [])))
      const asking = former.map(([person, logIns]): Asking => {
        const other = others.get(person.key)
        return [person, other === undefined ? logIns : [other]]
      })
      if (!isShared) isShared = await askForShared(options, asking)
      await eachOf(asking, async ([person, logIns]) => {
        await askAs(options, person, logIns)
        if (logIns.length === 0) withoutLogIn++
        else compared++
        progress.advance(1)
      })
    }
  } finally {
    await temporary.close()
    progress.end()
  }
  return { people: compared, withoutLogIn }
}
