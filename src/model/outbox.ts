export interface OutboxMessage {
  readonly createdAt: number
  readonly accountId: number
  readonly key: string
  readonly channel: 'email' | 'sms'
  readonly recipient: string
  readonly address: string
  readonly subject: string
  readonly body: string
}

export type OutboxCursor = Pick<OutboxMessage, 'createdAt' | 'key'>
