import type { Alarm, AlarmSettings, Delivery, PersonalChannel } from './alarm.ts'
import { closingAnnouncementsOf, deliveryIdOf, eventOf, type PlannedDelivery } from './alarm-machine.ts'
import { noticeFor } from './alarm-texts.ts'
import { endedMessageFor } from './escalation-texts.ts'

/** What the people who were told of an alarm are told at its end. */

/**
 * The notices of an alarm, given all its deliveries: one for each person and channel by which that person was told. It is
 * planned again after each outcome that arrives late. The ids are always the same, so each notice exists once, whatever
 * happens in between.
 */
export const planNotices = (
  alarm: Alarm,
  deliveries: readonly Delivery[],
  { settings, now }: { settings: AlarmSettings; now: number },
): PlannedDelivery[] => {
  if (alarm.status !== 'acknowledged') return []
  const allTold = deliveries.filter((delivery) => wasTold(delivery, settings))
  const told = allTold.filter(({ purpose }) => purpose === 'alarm')
  return [...personalNotices(alarm, told, now), ...deskNotices(alarm, told, now), ...escalationNotices(alarm, deliveries, allTold, now)]
}

/**
 * Whether the recipient was told of the alarm, as far as is known. Whoever may have been told counts as told: an all-clear
 * that is not needed does no harm, and a missing one does.
 */
const wasTold = ({ state, channel }: Delivery, { channels, outboxIsChannel }: AlarmSettings): boolean => {
  if (state === 'kept') return outboxIsChannel
  // If the channel has no provider, an uncertain message is in the outbox, or was lost.
  return state === 'sent' || (state === 'uncertain' && (!isPersonal(channel) || channels.includes(channel)))
}

const isPersonal = (channel: Delivery['channel']): channel is PersonalChannel => channel === 'email' || channel === 'sms'

const personalNotices = (alarm: Alarm, told: readonly Delivery[], now: number): PlannedDelivery[] => {
  const { alarmId, accountId, displayName, triggeredAt } = alarm
  const purpose = alarm.safeAt === null ? 'answered' : 'all-clear'
  const reference = `${alarmId.slice(-6)}-${purpose === 'answered' ? 'A' : 'S'}`
  return alarm.recipients.flatMap((recipient) => {
    const own = told.filter(({ id, step }) => id === deliveryIdOf(alarm, recipient, step))
    // The addresses at which the person was told. A later delivery by the same channel has the same address.
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
 * Staff and webhooks that were told that nobody acknowledges the alarm are told once that somebody has, at the address at which they
 * were told. Whoever was told by several entries of the order gets one notice: its id is that of the first of these messages, also if
 * that one has failed. It belongs to no alarm, so that the closing does not stop it.
 */
const escalationNotices = (alarm: Alarm, deliveries: readonly Delivery[], told: readonly Delivery[], now: number): PlannedDelivery[] => {
  const { accountId, alarmId, displayName, triggeredAt } = alarm
  const acknowledgedBy = alarm.safeAt === null ? alarm.acknowledgedBy : null
  const escalations = deliveries.filter(({ purpose }) => purpose === 'escalation').sort((a, b) => a.step - b.step)
  const firsts = new Map(escalations.toReversed().map((delivery) => [`${delivery.channel} ${delivery.address}`, delivery]))
  return [...firsts.values()].flatMap(({ id, channel, recipient, address }) => {
    const wasReached = told.some((other) => other.purpose === 'escalation' && other.channel === channel && other.address === address)
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
const deskNotices = (alarm: Alarm, told: readonly Delivery[], now: number): PlannedDelivery[] => {
  if (alarm.safeAt === null || alarm.acknowledgedBy === alarm.username || !told.some(({ channel }) => channel === 'desk')) return []
  const hasWebhook = told.some(({ channel }) => channel === 'webhook')
  return closingAnnouncementsOf({ ...alarm, acknowledgedBy: alarm.username, acknowledgedVia: undefined }, { key: 'safe', hasWebhook, now })
}
