import { type Backoff, backoff } from './retry.ts'
import { hoursInWords, type SupportHours } from './support-hours.ts'
import { DAY, HOUR, MINUTE, SECOND } from './time.ts'

/** The notices to a person who waits for an answer, and when they are sent. Pure functions, like the room machine. */

// ---------- Whether a staff member is at the desk

/** Whether staff are connected to a desk. A higher version is newer. */
export interface DeskPresence {
  /** The id of the desk's object. */
  readonly desk: string
  readonly version: number
  readonly isStaffed: boolean
}

/** The notifications of a desk may arrive in another order than they were sent. */
export const isNewerPresence = (presence: DeskPresence, storedVersion: number | null): boolean =>
  storedVersion === null || presence.version > storedVersion

/** Longer than any pause between two pings: browsers run the timers of a hidden page once a minute. */
const SILENT_MS = 3 * MINUTE

/**
 * Whether a connection counts as a staff member who is present. A connection that was lost without a close frame looks open, but
 * sends no more pings. A client that has never sent a ping counts as long as it is connected.
 */
export const isAlive = (lastPingAt: number | null, now: number): boolean => lastPingAt === null || now - lastPingAt < SILENT_MS

// ---------- The automatic answer to the first message

/** After a pause of this length in an unresolved conversation, the next message starts a new one. */
const PAUSE_MS = 24 * HOUR

/** Whether a message of the person is the first of a conversation. `lastSentAt` is the time of the message before it. */
export const startsConversation = (
  { lastSentAt, isResolved }: { readonly lastSentAt: number | null; readonly isResolved: boolean },
  now: number,
): boolean => lastSentAt === null || isResolved || now - lastSentAt > PAUSE_MS

/** An automatic answer, in the thread of the conversation. It is not a message of either side, and does not count as an answer of staff. */
export interface Notice {
  readonly id: number
  /** The message that it follows. */
  readonly after: number
  readonly text: string
  readonly sentAt: number
}

interface NoticeFacts {
  /** Null if the desk has not been reached. */
  readonly isStaffed: boolean | null
  readonly hours: SupportHours | null
  /** After how many milliseconds an unseen reply is announced by e-mail; null if no e-mail can be sent. */
  readonly announcesAfterMs: number | null
  readonly local: readonly { readonly name: string; readonly number: string }[]
  readonly elsewhere: readonly string[]
}

const STAFFED = 'Someone from the support team is online and can read it. We do not know how long an answer will take.'
const NOT_STAFFED = 'No one from the support team is online right now. They can read it when they are back.'
const UNKNOWN = 'The support team can read it when they are online.'

/** Every sentence has to be true at the time of sending, and must not promise when an answer comes. */
export const noticeText = ({ isStaffed, hours, announcesAfterMs, local, elsewhere }: NoticeFacts): string =>
  [
    `Your message is stored. ${isStaffed === null ? UNKNOWN : isStaffed ? STAFFED : NOT_STAFFED}`,
    ...(hours ? [`Support hours: ${hoursInWords(hours)}.`] : []),
    ...(announcesAfterMs === null
      ? []
      : [
          `You need not stay here: an answer that you have not seen after ${durationInWords(announcesAfterMs)} is announced by e-mail, if your account has an address.`,
        ]),
    `If you are in danger, do not wait for an answer. Call now: ${[...local.map(({ name, number }) => `${name} ${number}`), ...elsewhere].join(', ')}.`,
  ].join('\n')

const durationInWords = (ms: number): string => {
  const [count, unit] = ms < 2 * MINUTE ? [Math.round(ms / SECOND), 'seconds'] : [Math.round(ms / MINUTE), 'minutes']
  return `${count} ${unit}`
}

// ---------- The announcement of a reply that the person has not seen

/** A reply that could not be announced within a day, because the service did not run, is not announced any more. */
const LATEST_MS = DAY

interface UnseenReply {
  readonly id: number
  readonly sentAt: number
}

/**
 * When an unseen reply is to be announced; null if it is not. `announced` is the last message that was announced: after it,
 * nothing is announced until the person has been back. So the announcement exists once for all replies of the meantime.
 */
export const announcementDueAt = (
  { firstUnseen, announced, delayMs }: { readonly firstUnseen: UnseenReply | null; readonly announced: number; readonly delayMs: number },
  now: number,
): number | null => {
  if (firstUnseen === null || announced >= firstUnseen.id) return null
  const dueAt = firstUnseen.sentAt + delayMs
  return now - dueAt > LATEST_MS ? null : dueAt
}

const ANNOUNCEMENT_RETRY: Backoff = { firstMs: 5 * SECOND, maxMs: 5 * MINUTE }

/** In how many milliseconds the room wakes up for the announcement, after so many failed attempts in a row; null if it need not. */
export const untilAnnouncement = (dueAt: number | null, failures: number, now: number): number | null => {
  if (dueAt === null) return null
  return Math.max(dueAt - now, failures === 0 ? 0 : backoff(ANNOUNCEMENT_RETRY, failures))
}

/** What the person's alarm object needs to announce a reply. It does not contain the reply. */
export interface ReplyAnnouncement {
  /** The same for every attempt. */
  readonly key: string
  readonly accountId: number
  readonly username: string
  /** Null if the account has none. */
  readonly email: string | null
}
