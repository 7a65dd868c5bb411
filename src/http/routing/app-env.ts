import type { Context } from '../../domain/context.ts'
import type { RequestRecord } from '../middleware/access-log.ts'
import type { LargeBody } from '../request/large-bodies.ts'
import type { SocketGateway } from '../request/websocket.ts'
import type { PresentedCaller } from './caller.ts'

export interface Bindings {
  readonly context: Context
  readonly sockets: SocketGateway
  readonly record: RequestRecord
  /** Who presented a credential; null until one is found, and in a route that needs none. */
  readonly presented: { caller: PresentedCaller | null }
  readonly largeBody: LargeBody
}

/** The environment of every Hono handler. */
export interface AppEnv {
  Bindings: Bindings
}
