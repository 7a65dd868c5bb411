import type { Recipient } from './dispatcher.ts'

export type PersonalChannel = 'email' | 'sms'

/** A telephone number as a network takes it: digits, with what people write between them left out. Null where it is none. */
export const dialable = (phone: string): string | null => {
  const digits = phone.replaceAll(/[\s()./-]/g, '').replace(/^00/, '+')
  return /^\+?\d{3,15}$/.test(digits) ? digits : null
}

/** How a person can be reached, the first choice first. */
export const channelsOf = ({ email, phone }: Pick<Recipient, 'email' | 'phone'>): PersonalChannel[] => [
  ...(email === null ? [] : (['email'] as const)),
  ...(phone === null ? [] : (['sms'] as const)),
]

/** Each step takes the next channel that somebody has, and after the last the first again. */
export const channelAt = (recipient: Pick<Recipient, 'email' | 'phone'>, step: number): PersonalChannel | null => {
  const channels = channelsOf(recipient)
  return channels[(step - 1) % channels.length] ?? null
}

export const addressOf = ({ email, phone }: Pick<Recipient, 'email' | 'phone'>, channel: PersonalChannel): string =>
  (channel === 'email' ? email : phone) ?? ''
