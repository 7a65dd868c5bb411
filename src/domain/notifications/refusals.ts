export interface NotificationRefusals {
  'no-gender': null
  'no-such-type': null
  'value-exists': { readonly type: string; readonly value: string }
}

export const NOTIFICATION_SAMPLES: NotificationRefusals = {
  'no-gender': null,
  'no-such-type': null,
  'value-exists': { type: 'caste', value: 'GENERAL' },
}
