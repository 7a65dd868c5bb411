import { createHash } from 'node:crypto'
import type { NotificationKind } from '../../../model/notification.ts'
import { isRequest, laterMessage, message, NO_REQUESTS, notification } from '../models/matrimony.ts'
import { targetTable, type Values } from '../target/table.ts'
import { flag, NO_ACCOUNT, type Placement, phaseOf, row, type Surroundings, stays, textFrom } from './placing.ts'

/** matrimony: messages between members, and notifications. */

const MESSAGES = targetTable('direct_messages')

interface MessageFields {
  readonly sender_id: Parameters<Surroundings['account']>[0]
  readonly receiver_id: Parameters<Surroundings['account']>[0]
  readonly content: string
  readonly status: string
  readonly created_on: Date
  readonly updated_on: Date
}

const placeMessage = (key: unknown, fields: MessageFields, around: Surroundings): Placement => {
  const [sender, receiver] = [around.account(fields.sender_id), around.account(fields.receiver_id)]
  if (sender === null || receiver === null) return stays('its sender or its receiver has no account, or one that is not imported')
  if (sender === receiver) return stays('its sender is its receiver')
  return row(Number(key), {
    sender_id: sender,
    receiver_id: receiver,
    content: textFrom(fields.content),
    is_read: flag(fields.status === 'read'),
    created_at: fields.created_on.getTime(),
    updated_at: fields.updated_on.getTime(),
  })
}

const messages = phaseOf(message, MESSAGES, { place: ({ key, fields }, around) => placeMessage(key, fields, around) })

const laterMessages = phaseOf(laterMessage, MESSAGES, {
  place: ({ key, fields }, around) => (isRequest(fields) ? stays(NO_REQUESTS) : placeMessage(key, fields, around)),
})

const KINDS: readonly (readonly [RegExp, NotificationKind])[] = [
  [/^Unread Messages Alert$/, 'unread'],
  [/^New Match Found$/, 'match'],
  [/^New .+ Value Added$/, 'master'],
  [/^Subscription Expiry Reminder$/, 'reminder'],
  [/^New Subscription Plan Added$/, 'subscription'],
]

const kindOf = (title: string): NotificationKind => KINDS.find(([pattern]) => pattern.test(title))?.[1] ?? 'bulk'

interface Text {
  readonly notification_title: string
  readonly notification_content: string
}

const digestOf = ({ notification_title: title, notification_content: content }: Text): string =>
  createHash('sha256')
    .update(JSON.stringify([title, content]))
    .digest('hex')
    .slice(0, 32)

const TEXTS = `${notification.name} texts`

const UNREAD = 'Concord counts the unread messages itself'

/** A text that many members got is stored once. */
const texts = phaseOf(notification, targetTable('announcements', { without: ['about', 'kind', 'notification_id', 'newest_account_id'] }), {
  ledgerModel: TEXTS,
  ledgerKey: ({ fields }) => digestOf(fields),
  place: ({ fields }, around) => {
    const isNeeded = kindOf(fields.notification_title) !== 'unread' && around.account(fields.receiver) !== null
    if (!isNeeded || !around.claim('announcement', digestOf(fields))) return { type: 'included' }
    const values: Values = {
      title: textFrom(fields.notification_title),
      content: textFrom(fields.notification_content),
      created_at: fields.created_on.getTime(),
      subject_id: null,
    }
    return row(null, values)
  },
})

const received = phaseOf(notification, targetTable('notifications'), {
  place: ({ key, fields }, around) => {
    const kind = kindOf(fields.notification_title)
    if (kind === 'unread') return stays(UNREAD)
    const account = around.account(fields.receiver)
    if (account === null) return stays(NO_ACCOUNT)
    const text = digestOf(fields)
    const announcement = around.moved(TEXTS, text)
    if (announcement === null) return stays('its text could not be stored')
    if (kind === 'reminder' && !around.claim('reminder', `${text} ${account}`)) return stays('the member has got this reminder before')
    return row(Number(key), {
      receiver_id: account,
      announcement_id: Number(announcement),
      kind,
      is_read: flag(fields.status === 'Read'),
      amount: 0,
      created_at: fields.created_on.getTime(),
      updated_at: fields.updated_on.getTime(),
    })
  },
})

export const MESSAGE_PHASES = [laterMessages, messages, texts, received]
