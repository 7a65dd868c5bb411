import { Refusal, type Refusals, SAMPLE_DETAILS, type Word } from '../domain/refusals.ts'
import type { Answer } from './answer.ts'
import { type NamedAnswer, responsesOf } from './responses.ts'

export type { Answer }

export const says = (status: number, body: Answer['body'], headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body,
  headers,
})

/** Thrown wherever a request can't go on; the dialect's `onError` writes it out. */
export class Answered extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`answered with ${answer.status}`)
    this.answer = answer
  }
}

/** How a dialect says the words that the core may refuse it with. */
export type AnswerTable<W extends Word> = { readonly [K in W]: (detail: Refusals[K]) => Answer }

export interface Failures<W extends Word> {
  /** For a resource that says more words, or one of them differently: `failuresOf({ ...usual.table, … })`. */
  readonly table: AnswerTable<W>
  /** The value; or the refusal, thrown as this dialect's answer. A word that the table lacks does not compile. */
  settle<T, R extends W>(outcome: T | Refusal<R>): T
  /**
   * What the document says of these words, to be spread into a route's `responses`. The type says nothing of them, so
   * that a handler can only return what succeeds. Answers that no word stands for are given as they are.
   */
  documented(...shown: (W | NamedAnswer)[]): Record<never, never>
}

export const failuresOf = <W extends Word>(table: AnswerTable<W>): Failures<W> => ({
  table,
  settle: (outcome) => {
    if (outcome instanceof Refusal) throw new Answered(table[outcome.word](outcome.detail))
    return outcome
  },
  documented: (...shown) =>
    responsesOf(shown.map((item) => (typeof item === 'object' ? item : { name: item, answer: table[item](SAMPLE_DETAILS[item]) }))),
})
