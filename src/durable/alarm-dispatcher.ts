import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'

/** One per person: rings for them, and keeps ringing. Its table of what is due comes with the alarm. */
export class AlarmDispatcher extends DurableObject<Env> {}
