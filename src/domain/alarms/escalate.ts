import { usernameKey } from '../../model/account.ts'
import { type Alarm, usableChannelsOf } from '../../model/alarm.ts'
import type { Escalation, EscalationRecipient } from '../../model/escalation.ts'
import type { AlarmLinkSubject } from '../../model/one-time-link.ts'
import { findStaffAddresses, insertAlarmLinks } from '../../store/alarm-links.ts'
import type { SystemContext } from '../access.ts'
import { createLink } from '../links/create.ts'

type Addressee = Omit<EscalationRecipient, 'url'> & Pick<AlarmLinkSubject, 'by'>

/** Shown as who acknowledged an alarm. No account can have a name with a space. */
const ON_CALL = { id: 0, username: 'on-call service' }

/**
 * The people and the webhook of an entry, each with a link of its own. Staff get a message by each channel that can be used. An
 * account that has lost its flags is not notified, and neither is the person whose alarm it is.
 */
export const prepareEscalation = async (
  context: SystemContext,
  { alarmId, accountId }: Pick<Alarm, 'alarmId' | 'accountId'>,
  { staff, webhook }: Escalation,
): Promise<EscalationRecipient[]> => {
  const found = await findStaffAddresses(context.store, staff.map(usernameKey))
  if (found.length < staff.length) {
    console.warn(JSON.stringify({ warning: 'ESCALATION names accounts that are no active staff', number: staff.length - found.length }))
  }
  const addressees: Addressee[] = found
    .filter(({ id }) => id !== accountId)
    .flatMap(({ id, username, email, phone }) =>
      usableChannelsOf({ email: email || null, phone }, context.settings.alarm.channels).map((channel) => ({
        key: `staff-${id}.${channel}`,
        name: username,
        channel,
        address: (channel === 'email' ? email : phone) ?? '',
        by: { id, username },
      })),
    )
  if (webhook !== null) addressees.push({ key: 'webhook', name: 'On-call service', channel: 'webhook', address: webhook, by: ON_CALL })
  const links = await Promise.all(
    addressees.map(async ({ by, ...recipient }) => {
      const created = await createLink(context, 'alarm')
      const subject: AlarmLinkSubject = { alarmId, by, via: recipient.channel }
      return created && { recipient: { ...recipient, url: created.url }, row: { ...created.link, subject: JSON.stringify(subject) } }
    }),
  )
  const usable = links.filter((link) => link !== null)
  if (usable.length > 0) {
    await insertAlarmLinks(
      context.store,
      accountId,
      usable.map(({ row }) => row),
    )
  }
  return usable.map(({ recipient }) => recipient)
}
