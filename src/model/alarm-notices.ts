import type { Alarm, AlarmSettings, Delivery, PersonalChannel } from './alarm.ts'
import { closingAnnouncementsOf, deliveryIdOf, eventOf, type PlannedDelivery } from './alarm-machine.ts'
import { noticeFor } from './alarm-texts.ts'
import { endedMessageFor } from './escalation-texts.ts'

/** The notices that the recipients of an alarm get when it ends. */

/**
 * The notices of an alarm, given all its deliveries: one for each person and channel by which that person was notified. They
 * are planned again after each outcome that arrives late. Their ids do not change, so each notice is stored once, however often
 * it is planned.
 */
export const planNotices = (
  alarm: Alarm,
  deliveries: readonly Delivery[],
  { settings, now }: { settings: AlarmSettings; now: number },
): PlannedDelivery[] => {
  if (alarm.status !== 'acknowledged') return []
  const allNotified = deliveries.filter((delivery) => wasNotified(delivery, settings))
  const notified = allNotified.filter(({ purpose }) => purpose === 'alarm')
  return [
    ...personalNotices(alarm, notified, now),
    ...deskNotices(alarm, notified, now),
    ...escalationNotices(alarm, deliveries, allNotified, now),
  ]
}

/**
 * Whether the recipient was notified of the alarm. An uncertain delivery counts as notified: an unnecessary all-clear does no
 * harm, and a missing one does.
 */
const wasNotified = ({ state, channel }: Delivery, { channels, outboxIsChannel }: AlarmSettings): boolean => {
  if (state === 'kept') return outboxIsChannel
  // If the channel has no provider, an uncertain message is in the outbox, or was lost.
  return state === 'sent' || (state === 'uncertain' && (!isPersonal(channel) || channels.includes(channel)))
}

const isPersonal = (channel: Delivery['channel']): channel is PersonalChannel => channel === 'email' || channel === 'sms'

const personalNotices = (alarm: Alarm, notified: readonly Delivery[], now: number): PlannedDelivery[] => {
  const { alarmId, accountId, displayName, triggeredAt } = alarm
  const purpose = alarm.safeAt === null ? 'answered' : 'all-clear'
  const reference = `${alarmId.slice(-6)}-${purpose === 'answered' ? 'A' : 'S'}`
  return alarm.recipients.flatMap((recipient) => {
    const own = notified.filter(({ id, step }) => id === deliveryIdOf(alarm, recipient, step))
    // The addresses at which the person was notified. A later delivery by the same channel has the same address.
    const addresses = new Map(own.flatMap(({ channel, address }) => (isPersonal(channel) ? [[channel, address] as const] : [])))
    return [...addresses].map(([channel, address]) => ({
      id: `${alarmId}.${recipient.key}.${channel}.${purpose}`,
      alarmId,
      accountId,
      purpose,
      step: 0,
      channel,
      recipient: recipient.name,
      address,
      ...noticeFor(purpose, recipient, channel, { displayName, triggeredAt, reference }),
      createdAt: now,
    }))
  })
}

/**
 * Staff and webhooks that were notified of an unacknowledged alarm get one notice of its end, at the same address. A recipient of
 * several entries of the escalation setting gets one notice: its id is derived from that of the first of these messages, even if
 * that one has failed. The notice belongs to no alarm, so that the closing does not stop it.
 */
const escalationNotices = (
  alarm: Alarm,
  deliveries: readonly Delivery[],
  notified: readonly Delivery[],
  now: number,
): PlannedDelivery[] => {
  const { accountId, alarmId, displayName, triggeredAt } = alarm
  const acknowledgedBy = alarm.safeAt === null ? alarm.acknowledgedBy : null
  const escalations = deliveries.filter(({ purpose }) => purpose === 'escalation').sort((a, b) => a.step - b.step)
  const firsts = new Map(escalations.toReversed().map((delivery) => [`${delivery.channel} ${delivery.address}`, delivery]))
  return [...firsts.values()].flatMap(({ id, channel, recipient, address }) => {
    const wasReached = notified.some((other) => other.purpose === 'escalation' && other.channel === channel && other.address === address)
    if (!wasReached) return []
    const text = isPersonal(channel)
      ? endedMessageFor(channel, { name: recipient, displayName, triggeredAt, acknowledgedBy, reference: `${alarmId.slice(-6)}-E` })
      : { subject: '', body: eventOf(alarm, 0) }
    return [
      { id: `${id}.end`, alarmId: null, accountId, purpose: 'escalation', step: 0, channel, recipient, address, ...text, createdAt: now },
    ]
  })
}

/** If staff acknowledged the alarm before, the desk has not been notified yet that the person is safe. */
const deskNotices = (alarm: Alarm, notified: readonly Delivery[], now: number): PlannedDelivery[] => {
  if (alarm.safeAt === null || alarm.acknowledgedBy === alarm.username || !notified.some(({ channel }) => channel === 'desk')) return []
  const hasWebhook = notified.some(({ channel }) => channel === 'webhook')
  return closingAnnouncementsOf({ ...alarm, acknowledgedBy: alarm.username, acknowledgedVia: undefined }, { key: 'safe', hasWebhook, now })
}
