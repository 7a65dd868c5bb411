import type { Support } from '../domain/context.ts'
import type { Room, SupportDesk } from '../domain/ports.ts'
import type { Env } from '../env.ts'
import type { RoomFile } from '../model/chat-file.ts'
import type { Settings } from '../model/settings.ts'
import type { QueueReturn } from '../model/silent-holder.ts'
import {
  type AlarmSummary,
  DESKS,
  desksOf,
  type History,
  type InboxPage,
  type PersonRef,
  type StaffNote,
  type StoredMessage,
} from '../model/support.ts'
import { objectsOf } from './objects.ts'
import { withRetries } from './with-retries.ts'

/** Calls the rooms and desks of the support chat. */
export const createSupport = (env: Env, jurisdiction: Settings['jurisdiction']): Support => {
  const objects = objectsOf(env, jurisdiction)
  const room = (accountId: number): Room => {
    const object = () => objects.SUPPORT_ROOM.getByName(String(accountId))
    return {
      storeMessage: (person, message) => withRetries(async () => object().storeMessage(person, message)),
      addFile: (person, file) => withRetries(async () => object().addFile(person, file)),
      file: (id) => withRetries<RoomFile | null>(async () => object().file(id)),
      history: (query) => withRetries<History>(async () => object().history(query)),
      messagesAfter: (id, upTo, limit) => withRetries<readonly StoredMessage[]>(async () => object().messagesAfter(id, upTo, limit)),
      newestMessageId: () => withRetries(async () => object().newestMessageId()),
      addFormer: (person, messages) => withRetries<readonly (StoredMessage | null)[]>(async () => object().addFormer(person, messages)),
      removeFormer: (clientIds) => withRetries(async () => object().removeFormer(clientIds)),
      claim: (person, staff) => withRetries<PersonRef>(async () => object().claim(person, staff)),
      release: (person) => withRetries(async () => object().release(person)),
      resolve: (person, by, seen) => withRetries(async () => object().resolve(person, by, seen)),
      reopen: (person) => withRetries(async () => object().reopen(person)),
      addNote: (person, note) => withRetries(async () => object().addNote(person, note)),
      notes: (limit) => withRetries<readonly StaffNote[]>(async () => object().notes(limit)),
      returns: (limit) => withRetries<readonly QueueReturn[]>(async () => object().returns(limit)),
      setDesk: (presence) => withRetries(async () => object().setDesk(presence)),
      isReplyUnseen: (key) => withRetries(async () => object().isReplyUnseen(key)),
      recheck: () => withRetries(async () => object().recheck()),
      erase: () => withRetries(async () => object().erase()),
    }
  }
  /** Several desks as one: writes go to every desk of this person, reads go to the first one. */
  const desk = (accountId: number): SupportDesk => {
    const names = desksOf(accountId)
    const toEach = async <T>(call: (name: string) => Promise<T>): Promise<[T, ...T[]]> => {
      const [first, ...others] = names
      const results = Promise.all(others.map((name) => withRetries(() => call(name))))
      return [await withRetries(() => call(first)), ...(await results)]
    }
    const first = () => objects.SUPPORT_DESK.getByName(names[0])
    return {
      announce: async (key, event) => {
        await toEach(async (name) => objects.SUPPORT_DESK.getByName(name).announce(key, event))
      },
      report: async (report) => {
        await toEach(async (name) => objects.SUPPORT_DESK.getByName(name).report(report))
      },
      forget: async (id) => (await toEach(async (name) => objects.SUPPORT_DESK.getByName(name).forget(id)))[0],
      recheck: async (accounts) => {
        await toEach(async (name) => objects.SUPPORT_DESK.getByName(name).recheck(accounts))
      },
      inbox: (query) => withRetries<InboxPage>(async () => first().inbox(query)),
      alarms: (limit) => withRetries<readonly AlarmSummary[]>(async () => first().alarms(limit)),
    }
  }
  return {
    room,
    desk,
    reportTo: async (name, report) => objects.SUPPORT_DESK.getByName(name).report(report),
    deleteOldDeskAlarms: async (before, limit) => {
      const counts = await Promise.all(
        DESKS.map((name) => withRetries(async () => objects.SUPPORT_DESK.getByName(name).deleteOldAlarms(before, limit))),
      )
      return counts.reduce((sum, count) => sum + count, 0)
    },
    closeRevokedConnections: async (accountId) => {
      await Promise.all([room(accountId).recheck(), desk(accountId).recheck([accountId])])
    },
  }
}
