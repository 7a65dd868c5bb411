import { type Alarm, type AlarmSettings, channelsOf, type NewDelivery, type Recipient, type TriggerMessage } from './alarm.ts'
import { channelAt, deliveryIdOf } from './alarm-machine.ts'

/**
 * How many people one account can have alarms sent to. A contact is named without their consent, so an account that changes its
 * contacts repeatedly could send messages to any number of people. The desk is notified of every alarm.
 */

export interface DailyLimits {
  /** How many different people are notified, each with at most one e-mail address and one phone number. */
  readonly recipients: number
  /** How many messages are sent to people. */
  readonly messages: number
}

/** For one account and UTC day. */
export const DAILY_LIMITS: DailyLimits = { recipients: 5, messages: 60 }

/** How many of the messages of a day may be invitations to contacts. Further invitations wait for the next day. */
export const INVITATIONS_PER_DAY = 5

type Addresses = Pick<Recipient, 'email' | 'phone'>

export interface DailyUsage {
  /** The recipients of the alarms that send messages on this day. The same people may be in it several times. */
  readonly recipients: readonly Addresses[]
  /** The messages of this day, and those that the later steps of open alarms will send. */
  readonly messages: number
}

/** Why a recipient is not notified: the account reached the limit of different people, or of messages. */
type Reason = 'not-agreed' | 'not-notified'

interface Admission {
  /** With those recipients and addresses that are notified, and with the corrected messages of the response. */
  readonly alarm: Alarm
  readonly withheld: readonly Recipient[]
}

/**
 * Applies the limits to a new alarm. The messages of all its steps are reserved here, so the limits never stop an alarm half-way:
 * every admitted recipient gets all steps and the all-clear. Contacts who were notified earlier that day do not count again.
 */
export const admitRecipients = (
  alarm: Alarm,
  { usage, limits, settings }: { usage: DailyUsage; limits: DailyLimits; settings: AlarmSettings },
): Admission => {
  const messagesEach = settings.stepsMs.length + 1
  const people = usage.recipients.reduce<readonly Addresses[]>((known, next) => place(known, next, Number.POSITIVE_INFINITY).people, [])
  let state = { people, messages: usage.messages }
  const admitted = new Map<string, Recipient>()
  const refused = new Map<string, Reason>()
  for (const recipient of alarm.recipients) {
    const placed = place(state.people, recipient, limits.recipients)
    if (placed.email === null && placed.phone === null) refused.set(recipient.key, 'not-agreed')
    else if (state.messages + messagesEach > limits.messages) refused.set(recipient.key, 'not-notified')
    else {
      admitted.set(recipient.key, { ...recipient, email: placed.email, phone: placed.phone })
      state = { people: placed.people, messages: state.messages + messagesEach }
    }
  }
  return {
    alarm: {
      ...alarm,
      recipients: [...admitted.values()],
      messages: alarm.messages.map((message) => corrected(message, { admitted, refused, usable: settings.channels })),
    },
    withheld: alarm.recipients.filter(({ key }) => refused.has(key)),
  }
}

/**
 * The addresses of a recipient that may be used, and the people who are counted afterwards. Two recipients with a common address
 * are one person. An address may be used if it is known, if it is a known person's first of its kind, or if the limit allows one
 * more person.
 */
const place = (
  people: readonly Addresses[],
  { email, phone }: Addresses,
  max: number,
): Addresses & { readonly people: readonly Addresses[] } => {
  const ofPhone = phone === null ? undefined : people.find((person) => person.phone === phone)
  const ofEmail = email === null ? undefined : people.find((person) => isSameEmail(person.email, email))
  const isNewPhone = phone !== null && !ofPhone
  const isNewEmail = email !== null && !ofEmail
  if (!isNewPhone && !isNewEmail) return { email, phone, people }
  const incomplete = isNewPhone ? ofEmail : ofPhone
  const completed = incomplete && { email: incomplete.email ?? email, phone: incomplete.phone ?? phone }
  if (completed && (isNewPhone ? incomplete.phone : incomplete.email) === null) {
    return { email, phone, people: people.map((person) => (person === incomplete ? completed : person)) }
  }
  const isFree = people.length < max
  const added = { email: isNewEmail ? email : null, phone: isNewPhone ? phone : null }
  if (isFree) return { email, phone, people: [...people, added] }
  return { email: isNewEmail ? null : email, phone: isNewPhone ? null : phone, people }
}

const isSameEmail = (a: string | null, b: string): boolean => a?.toLowerCase() === b.toLowerCase()

/** The message about a recipient in the response, after the limits were applied. */
const corrected = (
  message: TriggerMessage,
  {
    admitted,
    refused,
    usable,
  }: { admitted: ReadonlyMap<string, Recipient>; refused: ReadonlyMap<string, Reason>; usable: AlarmSettings['channels'] },
): TriggerMessage => {
  if (message.type !== 'contact' && message.type !== 'therapist' && message.type !== 'not-notified') return message
  const { key, relationship, name, channel } = message
  const reason = refused.get(key)
  if (reason === 'not-agreed') return { type: 'not-agreed', relationship, name }
  if (reason === 'not-notified') return { type: 'not-notified', key, relationship, name, channel }
  const recipient = admitted.get(key)
  const isUsed = recipient === undefined || channelsOf(recipient).includes(channel)
  return isUsed ? message : { ...message, channel: channelAt(recipient, 1, usable) ?? channel }
}

/** What the list of deliveries shows of recipients who are not notified. There is nothing to send. */
export const withheldDeliveries = (alarm: Alarm, withheld: readonly Recipient[], usable: AlarmSettings['channels']): NewDelivery[] =>
  withheld.flatMap((recipient) => {
    const channel = channelAt(recipient, 1, usable)
    if (!channel) return []
    const { alarmId, accountId, triggeredAt: createdAt } = alarm
    const address = (channel === 'email' ? recipient.email : recipient.phone) ?? ''
    const id = deliveryIdOf(alarm, recipient, 1)
    return [
      { id, alarmId, accountId, purpose: 'alarm', step: 1, channel, recipient: recipient.name, address, subject: '', body: '', createdAt },
    ]
  })
