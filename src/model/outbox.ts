import type { PersonalChannel } from './alarm.ts'

export interface OutboxMessage {
  readonly createdAt: number
  readonly accountId: number
  readonly key: string
  readonly channel: PersonalChannel
  readonly recipient: string
  readonly address: string
  readonly subject: string
  readonly body: string
}

export type OutboxCursor = Pick<OutboxMessage, 'createdAt' | 'key'>
