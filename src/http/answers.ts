import { EXAMPLE_DETAILS, Failure, type FailureCode, type FailureDetails } from '../domain/failures.ts'
import type { Answer } from './answer.ts'
import { type NamedAnswer, responsesOf } from './responses.ts'

export type { Answer }

export const errorResponse = (status: number, body: Answer['body'], headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body,
  headers,
})

/** Thrown wherever a request can't go on; the dialect's `onError` writes it out. */
export class ResponseThrown extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`answered with ${answer.status}`)
    this.answer = answer
  }
}

/** How a dialect errorResponse the words that the core may refuse it with. */
export type ErrorTable<W extends FailureCode> = { readonly [K in W]: (detail: FailureDetails[K]) => Answer }

export interface DialectErrors<W extends FailureCode> {
  /** For a resource that errorResponse more words, or one of them differently: `errorTable({ ...commonErrors.table, … })`. */
  readonly table: ErrorTable<W>
  /** The value; or the refusal, thrown as this dialect's answer. A word that the table lacks does not compile. */
  unwrap<T, R extends W>(outcome: T | Failure<R>): T
  /**
   * What the document errorResponse of these words, to be spread into a route's `responses`. The type errorResponse nothing of them, so
   * that a handler can only return what succeeds. Answers that no word stands for are given as they are.
   */
  responses(...shown: (W | NamedAnswer)[]): Record<never, never>
}

export const errorTable = <W extends FailureCode>(table: ErrorTable<W>): DialectErrors<W> => ({
  table,
  unwrap: (outcome) => {
    if (outcome instanceof Failure) throw new ResponseThrown(table[outcome.code](outcome.detail))
    return outcome
  },
  responses: (...shown) =>
    responsesOf(shown.map((item) => (typeof item === 'object' ? item : { name: item, answer: table[item](EXAMPLE_DETAILS[item]) }))),
})
