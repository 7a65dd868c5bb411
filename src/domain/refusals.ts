import type { Taken } from '../store/accounts.ts'
import { ACCOUNT_SAMPLES, type AccountRefusals } from './accounts/refusals.ts'
import { ALARM_SAMPLES, type AlarmRefusals } from './alarms/refusals.ts'
import { ASSISTANT_SAMPLES, type AssistantRefusals } from './assistant/refusals.ts'
import { FRIEND_SAMPLES, type FriendRefusals } from './friends/refusals.ts'
import { MASTER_SAMPLES, type MasterRefusals } from './master/refusals.ts'
import { MATCHING_SAMPLES, type MatchingRefusals } from './matching/refusals.ts'
import { MESSAGING_SAMPLES, type MessagingRefusals } from './messaging/refusals.ts'
import { NOTIFICATION_SAMPLES, type NotificationRefusals } from './notifications/refusals.ts'
import { PLAN_SAMPLES, type PlanRefusals } from './plans/refusals.ts'
import { PROFILE_SAMPLES, type ProfileRefusals } from './profiles/refusals.ts'
import { RECOVERY_SAMPLES, type RecoveryRefusals } from './recovery/refusals.ts'
import { SUBSCRIPTION_SAMPLES, type SubscriptionRefusals } from './subscriptions/refusals.ts'
import { SUPPORT_SAMPLES, type SupportRefusals } from './support/refusals.ts'

/** What is wrong with a refresh token. */
export type RefreshProblem = 'invalid' | 'expired' | 'wrong-type'

/**
 * Every way in which the core says no: a word, and what goes with it. The core knows no statuses and no texts; each
 * dialect has a table that turns the words it can meet into its own answers, and one that it forgot does not compile.
 */
export interface Refusals
  extends AccountRefusals,
    AlarmRefusals,
    AssistantRefusals,
    FriendRefusals,
    MasterRefusals,
    MatchingRefusals,
    MessagingRefusals,
    NotificationRefusals,
    PlanRefusals,
    ProfileRefusals,
    RecoveryRefusals,
    SubscriptionRefusals,
    SupportRefusals {
  taken: { readonly fields: readonly Taken[] }
  'invalid-credentials': null
  inactive: null
  throttled: { readonly seconds: number }
  'refresh-refused': { readonly because: RefreshProblem }
  'wrong-password': null
  'not-yours': null
  'not-found': null
  /** What is taken besides. */
  'no-such-plan': { readonly taken: readonly Taken[] }
}

export type Word = keyof Refusals

export class Refusal<W extends Word = Word> {
  readonly word: W
  readonly detail: Refusals[W]
  constructor(word: W, detail: Refusals[W]) {
    this.word = word
    this.detail = detail
  }
}

type Detail<W extends Word> = Refusals[W] extends null ? [] : [detail: Refusals[W]]

export function refuse<W extends Word>(word: W, ...detail: Detail<W>): Refusal<W>
export function refuse(word: Word, detail: Refusals[Word] = null): Refusal {
  return new Refusal(word, detail)
}

/** What a document shows where a word carries something. */
export const SAMPLE_DETAILS: Refusals = {
  ...PLAN_SAMPLES,
  ...FRIEND_SAMPLES,
  ...RECOVERY_SAMPLES,
  ...ALARM_SAMPLES,
  ...ASSISTANT_SAMPLES,
  ...ACCOUNT_SAMPLES,
  ...MASTER_SAMPLES,
  ...MATCHING_SAMPLES,
  ...MESSAGING_SAMPLES,
  ...NOTIFICATION_SAMPLES,
  ...PROFILE_SAMPLES,
  ...SUBSCRIPTION_SAMPLES,
  ...SUPPORT_SAMPLES,
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
