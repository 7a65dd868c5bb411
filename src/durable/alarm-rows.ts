import type { Alarm, AlarmStatus, Delivery, DeliveryState, LinkChannel, Outcome } from '../model/alarm.ts'

/** The rows of the tables, and the types of the model that they are mapped to. */

export type AlarmRow = Record<'id' | 'username' | 'who' | 'location' | 'scenario' | 'recipients' | 'messages' | 'note', string> & {
  account_id: number
  triggered_at: number
  begins_at: number
  status: AlarmStatus
  acknowledged_at: number | null
  acknowledged_by: string | null
  acknowledged_via: LinkChannel | null
  safe_at: number | null
}

export type DeliveryRow = Record<'id' | 'recipient' | 'address' | 'subject' | 'body', string> & {
  alarm_id: string | null
  account_id: number
  purpose: Delivery['purpose']
  step: number
  channel: Delivery['channel']
  state: DeliveryState
  attempts: number
  created_at: number
  updated_at: number
}

export const alarmFrom = (row: AlarmRow): Alarm => ({
  alarmId: row.id,
  accountId: row.account_id,
  username: row.username,
  displayName: row.who,
  location: row.location,
  scenario: row.scenario,
  recipients: JSON.parse(row.recipients),
  messages: JSON.parse(row.messages),
  triggeredAt: row.triggered_at,
  startsAt: row.begins_at,
  status: row.status,
  acknowledgedAt: row.acknowledged_at,
  acknowledgedBy: row.acknowledged_by,
  ...(row.acknowledged_via && { acknowledgedVia: row.acknowledged_via }),
  safeAt: row.safe_at,
})

export const deliveryFrom = (row: DeliveryRow): Delivery => {
  const { alarm_id: alarmId, account_id: accountId, created_at: createdAt, updated_at: _, ...rest } = row
  return { ...rest, alarmId, accountId, createdAt }
}

export const detailOf = (outcome: Outcome): string | null => {
  if (outcome.type === 'kept') return null
  return outcome.type === 'sent' ? outcome.reference : outcome.reason
}
