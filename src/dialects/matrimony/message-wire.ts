import * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import { documented } from '../../http/response/documented.ts'
import type { DirectMessage } from '../../model/message.ts'
import { isoTime } from '../../model/time.ts'
import { numberOf } from './numbers.ts'

/** A message, in the form that two apps of this contract send. */
export const MessageWire = documented(
  z.object({
    message_id: z.int(),
    content: z.string(),
    status: z.enum(['unread', 'read']),
    created_on: z.string(),
    updated_on: z.string(),
    received_at: z.string(),
    sender_id: z.int(),
    receiver_id: z.int(),
  }),
  { id: 'Message' },
)

export const messageToWire = (context: Context, message: DirectMessage): z.infer<typeof MessageWire> => ({
  message_id: message.id,
  content: message.content,
  status: message.isRead ? 'read' : 'unread',
  created_on: isoTime(message.createdAt),
  updated_on: isoTime(message.updatedAt),
  received_at: isoTime(message.createdAt),
  sender_id: numberOf(context, message.senderId),
  receiver_id: numberOf(context, message.receiverId),
})
