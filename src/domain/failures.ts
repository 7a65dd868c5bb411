import type { UniqueField } from '../store/accounts.ts'
import { ACCOUNT_EXAMPLES, type AccountFailures } from './accounts/failures.ts'
import { ALARM_EXAMPLES, type AlarmFailures } from './alarms/failures.ts'
import { ASSISTANT_EXAMPLES, type AssistantFailures } from './assistant/failures.ts'
import { FRIEND_EXAMPLES, type FriendFailures } from './friends/failures.ts'
import { MASTER_EXAMPLES, type MasterFailures } from './master/failures.ts'
import { MATCHING_EXAMPLES, type MatchingFailures } from './matching/failures.ts'
import { MESSAGING_EXAMPLES, type MessagingFailures } from './messaging/failures.ts'
import { NOTIFICATION_EXAMPLES, type NotificationFailures } from './notifications/failures.ts'
import { PLAN_EXAMPLES, type PlanFailures } from './plans/failures.ts'
import { PROFILE_EXAMPLES, type ProfileFailures } from './profiles/failures.ts'
import { RECOVERY_EXAMPLES, type RecoveryFailures } from './recovery/failures.ts'
import { SUBSCRIPTION_EXAMPLES, type SubscriptionFailures } from './subscriptions/failures.ts'
import { SUPPORT_EXAMPLES, type SupportFailures } from './support/failures.ts'

/** What is wrong with a refresh token. */
export type RefreshProblem = 'invalid' | 'expired' | 'wrong-type'

/**
 * Every failure code of the core, with the type of its details. The core knows neither HTTP statuses nor texts. Each dialect
 * has an error table that maps the codes it can get to its own responses; a missing code is a compile error.
 */
export interface FailureDetails
  extends AccountFailures,
    AlarmFailures,
    AssistantFailures,
    FriendFailures,
    MasterFailures,
    MatchingFailures,
    MessagingFailures,
    NotificationFailures,
    PlanFailures,
    ProfileFailures,
    RecoveryFailures,
    SubscriptionFailures,
    SupportFailures {
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
}

export type FailureCode = keyof FailureDetails

export class Failure<C extends FailureCode = FailureCode> {
  readonly code: C
  readonly detail: FailureDetails[C]
  constructor(code: C, detail: FailureDetails[C]) {
    this.code = code
    this.detail = detail
  }
}

type Detail<C extends FailureCode> = FailureDetails[C] extends null ? [] : [detail: FailureDetails[C]]

export function fail<C extends FailureCode>(code: C, ...detail: Detail<C>): Failure<C>
export function fail(code: FailureCode, detail: FailureDetails[FailureCode] = null): Failure {
  return new Failure(code, detail)
}

/** The details that the OpenAPI documents show in their examples. */
export const EXAMPLE_DETAILS: FailureDetails = {
  ...PLAN_EXAMPLES,
  ...FRIEND_EXAMPLES,
  ...RECOVERY_EXAMPLES,
  ...ALARM_EXAMPLES,
  ...ASSISTANT_EXAMPLES,
  ...ACCOUNT_EXAMPLES,
  ...MASTER_EXAMPLES,
  ...MATCHING_EXAMPLES,
  ...MESSAGING_EXAMPLES,
  ...NOTIFICATION_EXAMPLES,
  ...PROFILE_EXAMPLES,
  ...SUBSCRIPTION_EXAMPLES,
  ...SUPPORT_EXAMPLES,
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
