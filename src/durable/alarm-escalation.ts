import { deskEventFrame } from '../dialects/recovery/frames.ts'
import type { Alarm } from '../model/alarm.ts'
import { eventOf, type PlannedDelivery } from '../model/alarm-machine.ts'
import { plainLocation } from '../model/alarm-texts.ts'
import { type Escalation, type EscalationRecipient, isWithin, planEscalation } from '../model/escalation.ts'

interface EscalationDependencies {
  readonly now: () => number
  readonly escalation: readonly Escalation[]
  readonly numberOf: (accountId: number) => number
  /** Reads the addresses of staff, and stores a link for each recipient. */
  readonly prepareEscalation: (alarm: Alarm, entry: Escalation) => Promise<readonly EscalationRecipient[]>
}

/**
 * The messages of one entry of `ESCALATION`; none outside of its hours. It reads and writes the database, so it can fail. Then the
 * entry is tried again, and the links of the failed attempt are in no message.
 */
export const escalationMessages = async (
  alarm: Alarm,
  entry: number,
  { now, escalation, numberOf, prepareEscalation }: EscalationDependencies,
): Promise<PlannedDelivery[]> => {
  const planned = escalation[entry]
  if (alarm.status !== 'open' || !planned || (planned.hours && !isWithin(planned.hours, now()))) return []
  const recipients = await prepareEscalation(alarm, planned)
  const event = { ...eventOf(alarm, entry + 1), accountId: numberOf(alarm.accountId), location: plainLocation(alarm.location) }
  const frame = { ...deskEventFrame(event), event: 'alarm_unanswered' }
  const webhookBody = (url: string) => JSON.stringify({ ...frame, acknowledge_url: url })
  return planEscalation(alarm, recipients, { entry, now: now(), webhookBody })
}
