import type { Context } from '../../domain/context.ts'
import type { RequestRecord } from '../middleware/access-log.ts'
import type { SocketGateway } from '../request/websocket.ts'

export interface Bindings {
  readonly context: Context
  readonly sockets: SocketGateway
  readonly record: RequestRecord
}

/** The environment of every Hono handler. */
export interface AppEnv {
  Bindings: Bindings
}
