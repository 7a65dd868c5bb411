import type { SystemContext } from '../domain/access.ts'
import { accessRightsOf } from '../domain/support/access-rights.ts'
import { announceReply } from '../domain/support/announce-reply.ts'
import type { RoomReport } from '../model/support.ts'
import type { DeskPresence } from '../model/waiting.ts'
import type { AccessCheck } from './socket-host.ts'

/** What a room uses besides its tables and sockets. */
export interface RoomDependencies extends AccessCheck {
  readonly report: (desk: string, report: RoomReport) => Promise<DeskPresence>
  readonly announceReply: (key: string) => Promise<void>
  /** Deletes files from the bucket. */
  readonly count: SystemContext['count']
  readonly removeFiles: (keys: readonly string[]) => Promise<void>
}

export const roomDependencies = (context: SystemContext, personId: () => number): RoomDependencies => ({
  now: context.now,
  report: (desk, report) => context.support.reportTo(desk, report),
  announceReply: (key) => announceReply(context, personId(), key),
  count: context.count,
  removeFiles: (keys) => context.media.remove(keys),
  findAccessLoss: (connections) => accessRightsOf(context, connections),
})
