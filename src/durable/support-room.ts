import { DurableObject } from 'cloudflare:workers'
import type { Room } from '../domain/alarms/dispatcher.ts'
import type { Env } from '../env.ts'
import { eraseAll } from './tables.ts'

/** One per person: the conversation with support staff. Its sockets come with the support chat. */
export class SupportRoom extends DurableObject<Env> implements Room {
  erase(): Promise<number> {
    return eraseAll(this.ctx.storage)
  }
}
