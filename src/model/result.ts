import type { FailureCode, FailureDetails } from './failures.ts'

/** Why a verb did not do what it was asked, for the dialect to write in its own way. */
export class Failure<C extends FailureCode = FailureCode> {
  readonly code: C
  readonly detail: FailureDetails[C]
  constructor(code: C, detail: FailureDetails[C]) {
    this.code = code
    this.detail = detail
  }
}

/** What every verb returns that can fail: the value, or a failure with one of these codes. */
export type Result<T, C extends FailureCode> = T | Failure<C>

type Detail<C extends FailureCode> = FailureDetails[C] extends null ? [] : [detail: FailureDetails[C]]

export function fail<C extends FailureCode>(code: C, ...detail: Detail<C>): Failure<C>
export function fail(code: FailureCode, detail: FailureDetails[FailureCode] = null): Failure {
  return new Failure(code, detail)
}
