import type { UniqueField } from './account.ts'
import type { CrisisLine } from './assistant.ts'
import type { JoinProblem } from './joining.ts'
import type { MasterValueProblem, ValidValues } from './master.ts'
import type { PasskeyRefusal } from './passkey.ts'

/** What is wrong with a refresh token. */
export type RefreshProblem = 'invalid' | 'expired' | 'wrong-type'

/**
 * Every failure code of the core, with the type of its details. The core uses neither HTTP statuses nor texts. Each dialect
 * has an error table that maps the codes it can get to its own responses; a missing code is a compile error.
 */
export interface FailureDetails {
  taken: { readonly fields: readonly UniqueField[] }
  'invalid-credentials': null
  inactive: null
  throttled: { readonly seconds: number }
  'invalid-refresh-token': { readonly reason: RefreshProblem }
  'wrong-password': null
  forbidden: null
  'not-found': null
  /** `taken`: the unique fields of the same request that are taken as well. */
  'no-such-plan': { readonly taken: readonly UniqueField[] }

  // Plans and RSVPs
  'invalid-id': null
  'plan-not-found': null
  'may-not-edit-plan': null
  'may-not-delete-plan': null
  'ends-before-start': null
  /** The plan already has more RSVPs than the new capacity; `taken` is their number. */
  'capacity-below-rsvps': { readonly taken: number }
  'rsvp-exists': null
  'plan-full': null
  'rsvp-not-found': null
  'may-not-delete-rsvp': null

  // Friendships
  'no-such-user': null
  'request-to-self': null
  'already-friends': null
  'request-exists': null
  'request-not-found': null
  'not-your-request': null
  'friendship-not-found': null

  // Recovery: settings, contacts, therapist
  'scenario-not-found': null
  'therapist-not-found': null
  'track-not-found': null
  'contacts-full': { readonly max: number }

  // Alarms
  'no-scenario': null
  'alarm-not-found': null

  // The assistant
  'assistant-unavailable': { readonly resources: readonly CrisisLine[] }

  // One-time links
  /** The link does not exist, was used, or has expired. */
  'invalid-link': null

  // Passkeys
  'passkey-refused': { readonly reason: PasskeyRefusal }
  /** The answer is not right, or its challenge has expired or was answered before. */
  'passkey-rejected': null

  // Accounts
  'already-inactive': { readonly username: string }
  'not-joinable': { readonly problem: JoinProblem }

  // Master data
  'type-exists': null
  /** For each value of the input, in the same order: its problem, or null. */
  'invalid-values': { readonly problems: readonly (MasterValueProblem | null)[] }
  /** The types for which the input has an unknown value, with their valid values. */
  'unknown-values': { readonly valid: ValidValues }

  // Matching
  'not-your-match': null
  'no-profile-of': { readonly users: readonly [string, string] }
  'no-preference-of': { readonly users: readonly [string, string] }
  'no-profile-or-preference': null
  'preference-exists': null
  'no-preference': null
  'target-is-self': null
  'not-blocked': null

  // Messages
  'no-subscription': null
  'message-limit': { readonly limit: number }
  'no-such-receiver': { readonly receiverId: number }
  'message-to-self': null
  'messaging-blocked': null

  // Notifications
  'no-gender': null
  'no-such-type': null
  'value-exists': { readonly type: string; readonly value: string }

  // Profiles
  'profile-exists': { readonly accountId: number }
  'no-profile': null

  // Subscriptions
  'no-such-subscription': null
  'ends-before-it-starts': null

  // The support chat
  /** The person has written a message that the caller has not seen. */
  'new-messages': null
  'already-claimed': { readonly username: string }
  'unsupported-file': null
  /** The browser's push service is not one of the operator's, or the keys are none. */
  'invalid-subscription': null
}

export type FailureCode = keyof FailureDetails

/** The details that the OpenAPI documents show in their examples. */
export const EXAMPLE_DETAILS: FailureDetails = {
  'invalid-id': null,
  'plan-not-found': null,
  'may-not-edit-plan': null,
  'may-not-delete-plan': null,
  'ends-before-start': null,
  'capacity-below-rsvps': { taken: 2 },
  'rsvp-exists': null,
  'plan-full': null,
  'rsvp-not-found': null,
  'may-not-delete-rsvp': null,
  'no-such-user': null,
  'request-to-self': null,
  'already-friends': null,
  'request-exists': null,
  'request-not-found': null,
  'not-your-request': null,
  'friendship-not-found': null,
  'scenario-not-found': null,
  'therapist-not-found': null,
  'track-not-found': null,
  'contacts-full': { max: 10 },
  'no-scenario': null,
  'alarm-not-found': null,
  'assistant-unavailable': {
    resources: [{ country: 'United States', name: '988 Suicide & Crisis Lifeline', contact: 'Call or text 988' }],
  },
  'invalid-link': null,
  'passkey-refused': { reason: 'confirm' },
  'passkey-rejected': null,
  'already-inactive': { username: 'syam' },
  'not-joinable': { problem: 'changed' },
  'type-exists': null,
  'invalid-values': { problems: [{ noSuchType: true, taken: false }, null] },
  'unknown-values': { valid: { gender: ['Male', 'Female', 'Others'] } },
  'not-your-match': null,
  'no-profile-of': { users: ['syam', 'anu'] },
  'no-preference-of': { users: ['syam', 'anu'] },
  'no-profile-or-preference': null,
  'preference-exists': null,
  'no-preference': null,
  'target-is-self': null,
  'not-blocked': null,
  'no-subscription': null,
  'message-limit': { limit: 10 },
  'no-such-receiver': { receiverId: 99 },
  'message-to-self': null,
  'messaging-blocked': null,
  'no-gender': null,
  'no-such-type': null,
  'value-exists': { type: 'caste', value: 'GENERAL' },
  'profile-exists': { accountId: 16 },
  'no-profile': null,
  'no-such-subscription': null,
  'ends-before-it-starts': null,
  'new-messages': null,
  'already-claimed': { username: 'sam' },
  'unsupported-file': null,
  'invalid-subscription': null,
  taken: { fields: ['username'] },
  'invalid-credentials': null,
  inactive: null,
  throttled: { seconds: 60 },
  'invalid-refresh-token': { reason: 'invalid' },
  'wrong-password': null,
  forbidden: null,
  'not-found': null,
  'no-such-plan': { taken: [] },
}
