import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'

/** One per person: the conversation with support staff. Its sockets come with the support chat. */
export class SupportRoom extends DurableObject<Env> {}
