import { WorkerEntrypoint } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { type Erased, eraseAccount } from '../domain/accounts/erase.ts'
import { rehearse } from '../domain/alarms/rehearse.ts'
import { Failure } from '../domain/failures.ts'
import type { Env } from '../env.ts'

/**
 * What only an operator may do, and only the Worker can: objects are reached from inside alone. No request comes here:
 * a named entrypoint is reached by a service binding of the same account (the project's own command has one), and by
 * nothing else.
 */
export class Operator extends WorkerEntrypoint<Env> {
  /** Null where nobody bears that name. */
  async erase(username: string): Promise<Erased | null> {
    const erased = await eraseAccount(createContext(this.env, this.ctx), username)
    return erased instanceof Failure ? null : erased
  }

  /** The id of an alarm that rang and is over; null where nobody bears that name, or nothing is to ring. */
  async rehearse(username: string): Promise<string | null> {
    return rehearse(createContext(this.env, this.ctx), username)
  }
}
