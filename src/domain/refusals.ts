import type { Taken } from '../store/accounts.ts'
import { ALARM_SAMPLES, type AlarmRefusals } from './alarms/refusals.ts'
import { ASSISTANT_SAMPLES, type AssistantRefusals } from './assistant/refusals.ts'
import { RECOVERY_SAMPLES, type RecoveryRefusals } from './recovery/refusals.ts'
import { SUPPORT_SAMPLES, type SupportRefusals } from './support/refusals.ts'

/** What is wrong with a refresh token. */
export type RefreshProblem = 'invalid' | 'expired' | 'wrong-type'

/**
 * Every way in which the core says no: a word, and what goes with it. The core knows no statuses and no texts; each
 * dialect has a table that turns the words it can meet into its own answers, and one that it forgot does not compile.
 */
export interface Refusals extends RecoveryRefusals, AlarmRefusals, AssistantRefusals, SupportRefusals {
  taken: { readonly fields: readonly Taken[] }
  'invalid-credentials': null
  inactive: null
  throttled: { readonly seconds: number }
  'refresh-refused': { readonly because: RefreshProblem }
  'wrong-password': null
  'not-yours': null
  'not-found': null
  'no-such-plan': null
  'invalid-id': null
  'plan-not-found': null
  'rsvp-exists': null
  'plan-full': null
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
  ...RECOVERY_SAMPLES,
  ...ALARM_SAMPLES,
  ...ASSISTANT_SAMPLES,
  ...SUPPORT_SAMPLES,
  taken: { fields: ['username'] },
  'invalid-credentials': null,
  inactive: null,
  throttled: { seconds: 60 },
  'refresh-refused': { because: 'invalid' },
  'wrong-password': null,
  'not-yours': null,
  'not-found': null,
  'no-such-plan': null,
  'invalid-id': null,
  'plan-not-found': null,
  'rsvp-exists': null,
  'plan-full': null,
}
