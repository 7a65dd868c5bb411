import type { Invitation } from './alarm.ts'
import type { PlannedDelivery } from './alarm-machine.ts'

/** The message to a person who was named as a contact. It belongs to no alarm. */
export const invitationDelivery = (invitation: Invitation, now: number): PlannedDelivery => ({
  ...invitation,
  alarmId: null,
  purpose: 'invitation',
  step: 0,
  createdAt: now,
})
