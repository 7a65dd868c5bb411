/** In these states, the recipient may not have been notified. */
export const BAD_STATES: ReadonlySet<string> = new Set(['failed', 'uncertain', 'kept', 'withheld'])

/** The state of a notification in words. */
export const DELIVERY_STATES: Readonly<Record<string, string>> = {
  pending: 'pending',
  sent: 'sent',
  uncertain: 'possibly sent: the provider did not confirm',
  kept: 'kept in the outbox: not sent',
  failed: 'failed',
  stopped: 'stopped: no longer needed',
  withheld: 'not sent: the account has reached the limit of this day',
}
