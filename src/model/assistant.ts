import type { RateLimit } from './rate-limit.ts'
import { MINUTE } from './time.ts'

export const TURN_ROLES = ['user', 'assistant'] as const

export interface Turn {
  readonly text: string
  readonly role: (typeof TURN_ROLES)[number]
}

export interface AssistantRule {
  readonly rate: RateLimit
  /** How many turns of a conversation are stored. */
  readonly storedTurns: number
  /** How many of these turns, and how many characters of them, the model gets with a question. */
  readonly contextTurns: number
  readonly contextCharacters: number
}

export const ASSISTANT_RULE: AssistantRule = {
  // Faster than a person can type.
  rate: { max: 30, withinMs: MINUTE },
  storedTurns: 60,
  contextTurns: 20,
  contextCharacters: 8000,
}

/** A telephone or text service for people in a crisis. */
export interface CrisisLine {
  readonly country: string
  readonly name: string
  readonly contact: string
}

/** A telephone number to call in an emergency or a crisis, as people write it: with spaces. */
export interface EmergencyLine {
  readonly name: string
  readonly number: string
}
