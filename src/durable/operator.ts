import { WorkerEntrypoint } from 'cloudflare:workers'
import { createContext } from '../compose.ts'
import { operatorContext } from '../domain/access.ts'
import { type ErasureReport, eraseAccount } from '../domain/accounts/erase.ts'
import { exportData } from '../domain/accounts/export.ts'
import { clearGateOf } from '../domain/accounts/operator-actions.ts'
import { rehearse } from '../domain/alarms/rehearse.ts'
import { addFormerMessages, removeFormerMessages } from '../domain/support/former-messages.ts'
import { textStream } from '../domain/text-stream.ts'
import type { Env } from '../env.ts'
import type { ContractNumberings } from '../model/contract-numbers.ts'
import { Failure } from '../model/result.ts'
import type { FormerMessage, StoredMessage } from '../model/support.ts'

const MAX_MESSAGES = 100

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

  /** For `npm run move`: executes statements in one transaction (docs/adr/0029-imports-go-through-a-worker.md). */
  batch(statements: readonly Statement[]): Promise<D1Result[]> {
    return this.env.DB.batch(statements.map(({ sql, parameters }) => this.env.DB.prepare(sql).bind(...parameters)))
  }

  /** For `npm run move`: stores a picture of a former server. */
  putPicture(name: string, bytes: Uint8Array, type: string): Promise<void> {
    return createContext(this.env, this.ctx).media.put(name, bytes, type)
  }

  /** For `npm run move`: the numbers of former servers that this Worker knows (FORMER_IDS). */
  formerNumbers(): ContractNumberings {
    return createContext(this.env, this.ctx).settings.numbers
  }

  /** Stores messages of a former server. Null if there is no such account. */
  async addFormerMessages(accountId: number, messages: readonly FormerMessage[]): Promise<readonly (StoredMessage | null)[] | null> {
    return addFormerMessages(operatorContext(createContext(this.env, this.ctx)), accountId, messages)
  }

  /** False if the room was used since. */
  async removeFormerMessages(accountId: number, clientIds: readonly string[]): Promise<boolean> {
    return removeFormerMessages(operatorContext(createContext(this.env, this.ctx)), accountId, clientIds)
  }

  /** A part of a conversation, to compare it with that of a former server. */
  async supportMessages(accountId: number, after: number, upTo: number): Promise<readonly StoredMessage[]> {
    return createContext(this.env, this.ctx).support.room(accountId).messagesAfter(after, upTo, MAX_MESSAGES)
  }

  /** Triggers a test alarm and closes it. Returns its id; null if no account has this username, or no alarm was started. */
  async rehearse(username: string): Promise<string | null> {
    return rehearse(operatorContext(createContext(this.env, this.ctx)), username)
  }
}
