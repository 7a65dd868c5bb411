import type { Channel, Outcome } from '../model/alarm.ts'
import type { PushKeys, PushMessage, PushOutcome } from '../model/push.ts'

/** The common interface of all carriers: e-mail, SMS, webhook and desk. */

export interface Message {
  /** Alarm × recipient × step. It is the same for every attempt, so a provider that supports idempotency keys sends once. */
  readonly key: string
  readonly accountId: number
  readonly recipient: string
  readonly address: string
  readonly subject: string
  /** For the webhook: JSON as it is sent. For the desk: a `DeskEvent` as JSON. */
  readonly body: string
  readonly createdAt: number
}

export interface Carrier {
  /** Stored with each attempt. */
  readonly name: string
  send(message: Message): Promise<Outcome>
  /**
   * Whether a message with an uncertain outcome was sent after all; null if that is not known now. Only carriers without
   * idempotency keys have this method; with the others the message is simply sent again under the same key.
   */
  find?(message: Message): Promise<boolean | null>
}

/** The webhook is an additional recipient if it is configured, and null otherwise. */
export type Carriers = Readonly<Record<Exclude<Channel, 'webhook'>, Carrier>> & { readonly webhook: Carrier | null }

/** Notifies the devices of staff. */
export interface WebPush {
  /** The operator's key, which a browser asks for. */
  readonly publicKey: string
  /** The push services that messages are sent to. */
  readonly origins: readonly string[]
  send(keys: PushKeys, message: PushMessage): Promise<PushOutcome>
}
