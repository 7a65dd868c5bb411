import { WorkerEntrypoint } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { operatorContext } from '../domain/access.ts'
import { type ErasureReport, eraseAccount } from '../domain/accounts/erase.ts'
import { exportData } from '../domain/accounts/export.ts'
import { clearGateOf } from '../domain/accounts/operator-actions.ts'
import { rehearse } from '../domain/alarms/rehearse.ts'
import { textStream } from '../domain/text-stream.ts'
import type { Env } from '../env.ts'
import type { ContractNumberings } from '../model/contract-numbers.ts'
import { Failure } from '../model/result.ts'

interface Statement {
  readonly sql: string
  readonly parameters: readonly (string | number | null)[]
}

/**
 * What only an operator may do, and only the Worker can do, because Durable Objects can be called from inside a Worker
 * only. No HTTP request reaches this class: a named entrypoint is called through a service binding of the same account.
 * The project's command line (`npm run admin`) has such a binding.
 */
export class Operator extends WorkerEntrypoint<Env> {
  /** Null if no account has this username. */
  async erase(username: string): Promise<ErasureReport | null> {
    const erased = await eraseAccount(operatorContext(createContext(this.env, this.ctx)), username)
    return erased instanceof Failure ? null : erased
  }

  /** A copy of a person's data as JSON; null if no account has this username. */
  async export(username: string): Promise<ReadableStream | null> {
    const exported = await exportData(operatorContext(createContext(this.env, this.ctx)), username)
    return exported instanceof Failure ? null : textStream(exported.texts)
  }

  /** After a command that has changed the account past its gate. */
  async clearGate(username: string): Promise<void> {
    await clearGateOf(operatorContext(createContext(this.env, this.ctx)), username)
  }

  /** For `npm run move`: executes statements in one transaction, and returns the rows of each (docs/adr/0029-imports-go-through-a-worker.md). */
  async batch(statements: readonly Statement[]): Promise<readonly (readonly unknown[])[]> {
    const { DB } = this.env
    const results = await DB.batch(statements.map(({ sql, parameters }) => DB.prepare(sql).bind(...parameters)))
    return results.map(({ results: rows }) => rows)
  }

  /** The same: stores a picture of a former server. */
  putPicture(name: string, bytes: Uint8Array, type: string): Promise<void> {
    return createContext(this.env, this.ctx).media.put(name, bytes, type)
  }

  /** The same: which numbers of former servers this Worker knows, by FORMER_IDS. */
  formerNumbers(): ContractNumberings {
    return createContext(this.env, this.ctx).settings.numbers
  }

  /** Triggers a test alarm and closes it. Returns its id; null if no account has this username, or no alarm was started. */
  async rehearse(username: string): Promise<string | null> {
    return rehearse(operatorContext(createContext(this.env, this.ctx)), username)
  }
}
