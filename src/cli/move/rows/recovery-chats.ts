import type { FormerMessage } from '../../../model/support.ts'
import { authUser } from '../models/common.ts'
import { isOf, type RecordOf } from '../models/model.ts'
import { chatMessage, chatSession } from '../models/recovery.ts'
import type { Value } from '../models/values.ts'
import { targetTable } from '../target/table.ts'
import { NO_ACCOUNT, phaseOf, row, type Stays, type Surroundings, stays, textFrom } from './placing.ts'
import { type RoomPhase, roomPhaseOf } from './rooms.ts'

/**
 * recovery: conversations. Those with the assistant become its turns, of which it gets the last ones with a question. Those with
 * support become messages of the person's room, which the person and staff read.
 */

type ChatMessage = RecordOf<typeof chatMessage.fields>

type Destination =
  | { readonly type: 'turn'; readonly account: number; readonly role: 'user' | 'assistant' }
  | { readonly type: 'message'; readonly account: number; readonly from: FormerMessage['from'] }
  | Stays

/** A copy of a conversation is read 500 messages at a time, and a call between Workers may have 32 MiB. */
const MAX_BYTES = 32 * 1024

/** Support was the account of an administrator, or no account in particular. */
const isOtherMember = (receiver: Value | undefined, around: Surroundings): boolean => {
  const found = around.linked(authUser, around.sourceAccount(receiver)?.key)
  return found !== null && isOf(found, authUser) && !found.fields.is_staff && !found.fields.is_superuser
}

const destinationOf = ({ fields }: ChatMessage, around: Surroundings): Destination => {
  const session = around.linked(chatSession, fields.session)
  if (!session || !isOf(session, chatSession)) return stays('its conversation is gone')
  const account = around.account(session.fields.user)
  if (account === null) return stays(NO_ACCOUNT)
  const text = textFrom(fields.message)
  if (text.trim() === '') return stays('it has no text')
  if (Buffer.byteLength(text) > MAX_BYTES) return stays('its text has more than 32 KiB')
  const { session_type: type, receiver } = session.fields
  if (type === 'user' && isOtherMember(receiver, around)) return stays('a conversation of two members, which the contract does not have')
  if (fields.sender === 'gpt') return { type: 'turn', account, role: 'assistant' }
  if (type === 'user') return { type: 'message', account, from: fields.sender === 'user' ? null : textFrom(fields.sender) }
  return fields.sender === 'user'
    ? { type: 'turn', account, role: 'user' }
    : stays('the conversation with the assistant consists of what the person and the assistant wrote, and this is by neither')
}

/** In the order in which they were written: the order of the rows here. */
const sort = ({ key, fields: { timestamp } }: ChatMessage): string =>
  `${String(timestamp.getTime()).padStart(15, '0')} ${String(key).padStart(15, '0')}`

/** Turns get new numbers, in their order. One that is older than a turn here would be sent to the assistant after it. */
const TURNS = targetTable('assistant_turns', {
  unless: ['SELECT 1 FROM assistant_turns WHERE account_id = {account_id} AND created_at > {created_at}'],
})

export const turns = phaseOf(chatMessage, TURNS, {
  sort,
  place: (record, around) => {
    const destination = destinationOf(record, around)
    if (destination.type === 'stays') return destination
    if (destination.type === 'message') return { type: 'included' }
    const { account, role } = destination
    const { message, timestamp } = record.fields
    return row(null, { account_id: account, role, text: textFrom(message), created_at: timestamp.getTime() })
  },
})

const clientId = (key: string): string => `${chatMessage.name}.${key}`

export const messages: RoomPhase = roomPhaseOf(chatMessage, {
  sort,
  ledgerModel: `${chatMessage.name} rooms`,
  clientId,
  isNeeded: (staging) => {
    for (const { fields } of staging.records(chatSession)) if (fields.session_type === 'user') return true
    return false
  },
  place: (record, around) => {
    const destination = destinationOf(record, around)
    if (destination.type !== 'message') return null
    const { message, timestamp } = record.fields
    return {
      account: destination.account,
      message: {
        clientId: clientId(record.keyText),
        from: destination.from,
        message: textFrom(message),
        sentAt: timestamp.getTime(),
      },
    }
  },
})
