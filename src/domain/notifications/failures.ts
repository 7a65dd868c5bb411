export interface NotificationFailures {
  'no-gender': null
  'no-such-type': null
  'value-exists': { readonly type: string; readonly value: string }
}

export const NOTIFICATION_EXAMPLES: NotificationFailures = {
  'no-gender': null,
  'no-such-type': null,
  'value-exists': { type: 'caste', value: 'GENERAL' },
}
