import type { NewDelivery } from './alarm.ts'
import { withoutLinks } from './plain-text.ts'
import type { ReplyAnnouncement } from './waiting.ts'

/**
 * The messages that announce a reply of support to a person who has left. They do not contain the reply: anyone else who can
 * read the person's e-mail learns only that there is an answer.
 */

const MAX_NAME = 80

const textFor = (username: string): Pick<NewDelivery, 'subject' | 'body'> => ({
  subject: 'You have a new message',
  body: [
    `Hello ${withoutLinks(username, MAX_NAME) || 'there'},`,
    '',
    'There is an answer for you that you have not seen yet. To read it, log in on the page or in the app in which you wrote to us.',
    'This e-mail does not contain the answer. You will get no further e-mail about this conversation until you have been back.',
    '',
    'If you are in danger, do not wait: call the emergency services where you are (112, 911, 999).',
  ].join('\n'),
})

const SUFFIX = { email: '.email', webhook: '.webhook' } as const

/** The key of the announcement that a delivery belongs to. */
export const announcementKeyOf = (deliveryId: string): string => deliveryId.slice(0, deliveryId.lastIndexOf('.'))

/** An e-mail, if the account has an address and has not reached the limit of the day, and a request to the webhook, if there is one. */
export const planAnnouncement = (
  { key, accountId, username, email }: ReplyAnnouncement,
  { allowsEmail, webhookBody, now }: { readonly allowsEmail: boolean; readonly webhookBody: string | null; readonly now: number },
): NewDelivery[] => {
  const common = { alarmId: null, accountId, purpose: 'reply', step: 0, recipient: username, createdAt: now } as const
  const toPerson = email === null || !allowsEmail ? null : { ...textFor(username), address: email }
  return [
    ...(toPerson ? [{ ...common, ...toPerson, id: key + SUFFIX.email, channel: 'email' } as const] : []),
    ...(webhookBody === null
      ? []
      : [{ ...common, id: key + SUFFIX.webhook, channel: 'webhook', address: '', subject: '', body: webhookBody } as const]),
  ]
}
