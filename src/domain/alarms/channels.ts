import type { Recipient } from './dispatcher.ts'

export type PersonalChannel = 'email' | 'sms'

/** A phone number in a form that can be dialled: separators are removed. Null if it is not a phone number. */
export const dialable = (phone: string): string | null => {
  const digits = phone.replaceAll(/[\s()./-]/g, '').replace(/^00/, '+')
  return /^\+?\d{3,15}$/.test(digits) ? digits : null
}

/** The channels by which a recipient can be notified, in order of preference. */
export const channelsOf = ({ email, phone }: Pick<Recipient, 'email' | 'phone'>): PersonalChannel[] => [
  ...(email === null ? [] : (['email'] as const)),
  ...(phone === null ? [] : (['sms'] as const)),
]

/** Each step uses the recipient's next channel, and starts again with the first after the last. */
export const channelAt = (recipient: Pick<Recipient, 'email' | 'phone'>, step: number): PersonalChannel | null => {
  const channels = channelsOf(recipient)
  return channels[(step - 1) % channels.length] ?? null
}

export const addressOf = ({ email, phone }: Pick<Recipient, 'email' | 'phone'>, channel: PersonalChannel): string =>
  (channel === 'email' ? email : phone) ?? ''
