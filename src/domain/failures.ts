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
 * Every way in which the core errorResponse no: a word, and what goes with it. The core knows no statuses and no texts; each
 * dialect has a table that turns the words it can meet into its own answers, and one that it forgot does not compile.
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
  'refresh-refused': { readonly because: RefreshProblem }
  'wrong-password': null
  'not-yours': null
  'not-found': null
  /** What is taken besides. */
  'no-such-plan': { readonly taken: readonly UniqueField[] }
}

export type FailureCode = keyof FailureDetails

export class Failure<W extends FailureCode = FailureCode> {
  readonly code: W
  readonly detail: FailureDetails[W]
  constructor(code: W, detail: FailureDetails[W]) {
    this.code = code
    this.detail = detail
  }
}

type Detail<W extends FailureCode> = FailureDetails[W] extends null ? [] : [detail: FailureDetails[W]]

export function fail<W extends FailureCode>(code: W, ...detail: Detail<W>): Failure<W>
export function fail(code: FailureCode, detail: FailureDetails[FailureCode] = null): Failure {
  return new Failure(code, detail)
}

/** What a document shows where a word carries something. */
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
  'refresh-refused': { because: 'invalid' },
  'wrong-password': null,
  'not-yours': null,
  'not-found': null,
  'no-such-plan': { taken: [] },
}
