/** The state of a notification in words. */
export const DELIVERY_STATES: Readonly<Record<string, string>> = {
  pending: 'pending',
  sent: 'sent',
  uncertain: 'possibly sent: the provider did not confirm',
  kept: 'kept in the outbox: not sent',
  failed: 'failed',
  stopped: 'stopped: no longer needed',
}
