import type { Context } from '../../domain/context.ts'
import type { Caller } from '../../domain/sessions/authenticate.ts'
import { secondsUntil, startOfNextDay } from '../../model/time.ts'
import { type CredentialSource, UnauthenticatedError } from '../request/credentials.ts'

/** Thrown when an address or an account has sent too many requests. */
export class ThrottledError extends Error {
  readonly seconds: number
  constructor(seconds: number) {
    super('throttled')
    this.seconds = seconds
  }
}

/** Thrown when the account has other flags than the request assumed. The request is then handled again. */
export class OtherFlagsError extends Error {}

/** The caller of a request, whose check travels with the first statements of the verb. */
export class PresentedCaller {
  readonly #context: Context
  readonly #caller: Caller
  readonly #source: CredentialSource

  constructor(context: Context, caller: Caller, source: CredentialSource) {
    this.#context = context
    this.#caller = caller
    this.#source = source
  }

  /** Before anything is shown: throws if the check fails. Costs nothing if a statement of the verb has sent the check. */
  async check(): Promise<void> {
    const problem = await this.#caller.check()
    if (problem !== null) throw this.#errorFor(problem)
  }

  /**
   * What is reported instead of an error that was thrown while the request was handled. A caller whose check fails
   * learns nothing else, whatever was wrong with the request: 401 comes before 400.
   */
  async errorInsteadOf(error: Error): Promise<Error> {
    const problem = this.#caller.problemOf(error)
    if (problem !== null) return this.#errorFor(problem)
    try {
      const other = await this.#caller.check()
      return other === null ? error : this.#errorFor(other)
    } catch (failure) {
      return failure instanceof Error ? failure : error
    }
  }

  #errorFor(problem: NonNullable<Awaited<ReturnType<Caller['check']>>>): Error {
    if (problem === 'other-flags') return new OtherFlagsError()
    if (problem !== 'over-quota') return new UnauthenticatedError(problem, this.#source)
    const now = this.#context.now()
    return new ThrottledError(secondsUntil(startOfNextDay(now), now))
  }
}
