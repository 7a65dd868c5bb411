/**
 * How many requests of one kind an account may make on one UTC day. The numbers are far above what a person does: they stop
 * programs that fill the database or look for taken addresses. Rejected requests count, too.
 */
export interface Quota {
  readonly name: string
  readonly perDay: number
}

/** Quotas by what a request creates. A route names its quota; docs/security.md lists all routes with theirs. */
export const QUOTAS = {
  practiceSessions: { name: 'practice-sessions', perDay: 500 },
  /** Also for changes of the account, because the response reveals whether a username, e-mail address or phone number is taken. */
  accountChanges: { name: 'account-changes', perDay: 100 },
  exports: { name: 'exports', perDay: 20 },
  passwordChanges: { name: 'password-changes', perDay: 100 },
  matrimonyProfiles: { name: 'matrimony-profiles', perDay: 100 },
  preferences: { name: 'preferences', perDay: 200 },
  matches: { name: 'matches', perDay: 2000 },
  blocks: { name: 'blocks', perDay: 500 },
  reports: { name: 'reports', perDay: 200 },
  messages: { name: 'messages', perDay: 2000 },
  announcements: { name: 'announcements', perDay: 200 },
  subscriptionPlans: { name: 'subscription-plans', perDay: 200 },
  masterData: { name: 'master-data', perDay: 500 },
  plans: { name: 'plans', perDay: 100 },
  planDismissals: { name: 'plan-dismissals', perDay: 500 },
  rsvps: { name: 'rsvps', perDay: 500 },
  friendRequests: { name: 'friend-requests', perDay: 200 },
  calendarFeeds: { name: 'calendar-feeds', perDay: 100 },
  contacts: { name: 'contacts', perDay: 100 },
  therapists: { name: 'therapists', perDay: 100 },
  assistantMessages: { name: 'assistant-messages', perDay: 1000 },
  passkeys: { name: 'passkeys', perDay: 100 },
  chatFiles: { name: 'chat-files', perDay: 100 },
} as const satisfies Readonly<Record<string, Quota>>
