export interface NotificationRefusals {
  'nobody-to-tell': null
  'no-gender': null
  'no-such-type': null
  'value-exists': { readonly type: string; readonly value: string }
}

export const NOTIFICATION_SAMPLES: NotificationRefusals = {
  'nobody-to-tell': null,
  'no-gender': null,
  'no-such-type': null,
  'value-exists': { type: 'caste', value: 'GENERAL' },
}
