/** What every way of telling somebody looks like from inside. */

export type Channel = 'email' | 'sms' | 'webhook' | 'desk'

export interface Message {
  /** Alarm × recipient × step: the same at every attempt, so that a provider that knows it sends once. */
  readonly key: string
  readonly accountId: number
  readonly recipient: string
  readonly address: string
  readonly subject: string
  /** For the webhook and the desk: JSON. */
  readonly body: string
  readonly createdAt: number
}

/**
 * How an attempt ended. `retry`: surely not sent, and worth another try. `uncertain`: it may have been sent. `refused`:
 * no try will ever succeed. A carrier answers; it does not throw.
 */
export type Outcome =
  | { readonly is: 'sent'; readonly reference: string | null }
  | { readonly is: 'retry'; readonly why: string; readonly afterMs: number | null }
  | { readonly is: 'uncertain'; readonly why: string }
  | { readonly is: 'refused'; readonly why: string }

export interface Carrier {
  /** Told in lists of attempts. */
  readonly name: string
  send(message: Message): Promise<Outcome>
  /**
   * Whether a message whose fate is unknown got there after all; null where that can't be told now. Only of those who
   * don't know a message by its key: the others are simply asked again.
   */
  find?(message: Message): Promise<boolean | null>
}

/** The webhook is one more recipient where it is set, and nobody's where it is not. */
export type Carriers = Readonly<Record<Exclude<Channel, 'webhook'>, Carrier>> & { readonly webhook: Carrier | null }
