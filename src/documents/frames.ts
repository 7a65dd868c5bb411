import * as z from 'zod/mini'
import type {
  ackFrame,
  deskEventFrame,
  deskMessageFrame,
  deskStateFrame,
  errorFrame,
  messageFrame,
  noticeFrame,
  presenceFrame,
  readReceiptFrame,
  returnedFrame,
  roomFrame,
  typingFrame,
} from '../dialects/recovery/frames.ts'
import { documented } from '../http/response/documented.ts'

/**
 * The frames of the support chat, as the AsyncAPI document shows them. Each frame from the server has the keys that its builder
 * writes: a schema that lacks one of them does not compile. The tests compare every frame that they receive with its schema.
 */

/** What builders write, where `Extra` has the keys that the desk adds. */
type Frame<Builder extends (...args: never[]) => object, Extra = unknown> = z.ZodMiniType<ReturnType<Builder> & Extra>
interface AtTheDesk {
  readonly event_id: number
}

const id = (description?: string) => documented(z.int().check(z.minimum(1)), { description })
const text = (description: string) => documented(z.string(), { description })
const time = (description: string) => documented(z.string(), { format: 'date-time', description })

const PERSON_ID = text("The id of the room's person, as a string.")
const PERSON = { identifier: PERSON_ID, user_id: PERSON_ID }
const USERNAME = { username: text("The username of the room's person.") }
const EVENT_ID = {
  event_id: id('It increases with every event. A desk that reconnects sends the last one as `since`.'),
}

const MESSAGE = {
  id: id('Later messages have larger ids. A client that reconnects sends the last one as `since`.'),
  sent_at: time('When the message was stored, in UTC. It never decreases along the ids.'),
}
const FROM_ADMIN = {
  from_admin: documented(z.boolean(), { description: 'Whether staff did it. In their own room, staff count as the person.' }),
}
const CLIENT_ID = text("The sender's own id of the message.")
const Account = documented(z.object({ id: id(), username: z.string() }), { id: 'AccountRef' })

const ChatFile = documented(
  z.object({ id: text('The id of the file, in the paths of /support/files/.'), name: z.string(), type: z.string(), size: z.int() }),
  { id: 'ChatFile' },
)

const described = <T extends z.ZodMiniType>(schema: T, id: string, description: string): T => documented(schema, { id, description })

const roomMessage: Frame<typeof messageFrame> = described(
  z.object({
    event: z.literal('chat_message'),
    message: z.string(),
    ...PERSON,
    ...FROM_ADMIN,
    ...MESSAGE,
    client_id: z.exactOptional(CLIENT_ID),
    sender: z.exactOptional(Account),
    file: z.exactOptional(ChatFile),
  }),
  'RoomMessage',
  "A message, in the order of the ids. The connection that sent it does not get it back. Only other connections of the sender's account get `client_id`, and only staff get `sender`. With `file`, the text names the file for clients that know only texts.",
)

const ack: Frame<typeof ackFrame> = described(
  z.object({ type: z.literal('ack'), id: MESSAGE.id, client_id: CLIENT_ID }),
  'Ack',
  'The message with this `client_id` is stored. A message that is sent twice is acknowledged twice, with the same `id`.',
)

const typing: Frame<typeof typingFrame> = described(
  z.object({ type: z.literal('typing'), ...PERSON, ...FROM_ADMIN }),
  'Typing',
  'Another participant is typing. No frame indicates that they have stopped.',
)

const readMark: Frame<typeof readReceiptFrame> = described(
  z.object({ type: z.literal('read'), id: MESSAGE.id, ...PERSON, ...FROM_ADMIN }),
  'ReadMark',
  'The person, or one of the staff, has read all messages up to this id.',
)

const deskState: Frame<typeof deskStateFrame> = described(
  z.object({
    type: z.literal('desk'),
    staffed: documented(z.boolean(), { description: 'Whether at least one staff member is connected to the desk.' }),
    ...PERSON,
  }),
  'DeskState',
  'For the person: on connecting, when the first staff member comes to the desk, and some seconds after the last one has left. It does not indicate how soon staff answer.',
)

const notice: Frame<typeof noticeFrame> = described(
  z.object({
    type: z.literal('notice'),
    id: id('A number of its own: a notice is not a message.'),
    after: id('The message that it follows.'),
    message: text('What happens next, and the emergency numbers. A line for each paragraph.'),
    ...PERSON,
    sent_at: MESSAGE.sent_at,
  }),
  'Notice',
  'The automatic answer to the first message of a conversation. A client that connects gets the last 20 again.',
)

const returned: Frame<typeof returnedFrame> = described(
  z.object({
    type: z.literal('returned'),
    ...PERSON,
    at: time('When it went back.'),
    taken_by: z.exactOptional(Account),
  }),
  'Returned',
  'The staff member who had claimed the conversation did not answer in time. The conversation is in the queue again, for the first staff member who is free. Only staff get `taken_by`, the staff member who had claimed it.',
)

const error: Frame<typeof errorFrame> = described(
  z.object({ event: z.literal('error'), detail: text('What was wrong with the frame.') }),
  'FrameError',
  'The frame before it was not accepted, and nothing was stored. The socket stays open.',
)

const deskMessage: Frame<typeof deskMessageFrame, AtTheDesk> = described(
  z.object({ event: z.literal('chat_message'), message: z.string(), ...PERSON, ...MESSAGE, ...FROM_ADMIN, ...USERNAME, ...EVENT_ID }),
  'DeskMessage',
  'A message in any room. The connection that sent it does not get it back.',
)

const presence: Frame<typeof presenceFrame, AtTheDesk> = described(
  z.object({ event: z.enum(['user_connected', 'user_disconnected']), ...PERSON, ...USERNAME, ...EVENT_ID }),
  'Presence',
  "The person's first connection was opened, or their last one was closed.",
)

const InboxRoom = described(
  z.object({
    user_id: id("The id of the room's person."),
    ...USERNAME,
    online: documented(z.boolean(), { description: 'Whether the person has an open connection.' }),
    unread: documented(z.int(), { description: "The number of the person's messages that no staff member has read." }),
    last_message: z.nullable(z.object({ message: z.string(), ...FROM_ADMIN, ...MESSAGE })),
    alarm: documented(
      z.nullable(z.object({ alarm_id: z.string(), status: z.literal('open'), triggered_at: time('When the alarm was triggered.') })),
      { description: 'An open alarm.' },
    ),
    taken_by: z.nullable(Account),
    updated_at: time('When the room last changed.'),
    waiting_since: z.nullable(time('When the oldest unread message was sent; null if there is none.')),
    resolved: documented(z.nullable(z.object({ by: Account, at: time('When it was resolved.') })), {
      description:
        'The staff member who marked the conversation as finished. Null again after the next message, claim or alarm, or when staff reopen the conversation.',
    }),
    notes: documented(z.int(), { description: 'The number of notes that staff have written for each other.' }),
  }),
  'InboxRoom',
  'A room as the inbox shows it.',
)

const room: Frame<typeof roomFrame, AtTheDesk> = described(
  z.object({ event: z.literal('room'), room: InboxRoom, ...EVENT_ID }),
  'Room',
  'The inbox has changed. A desk that reconnects gets only the newest frame of each room.',
)

type Alarm = Extract<ReturnType<typeof deskEventFrame>, { alarm_id: string }>
type Crisis = Exclude<ReturnType<typeof deskEventFrame>, { alarm_id: string }>

const alarm: z.ZodMiniType<Alarm & AtTheDesk> = described(
  z.object({
    event: z.literal('alarm'),
    ...PERSON,
    ...USERNAME,
    alarm_id: z.string(),
    status: z.enum(['open', 'acknowledged', 'cancelled']),
    step: documented(z.int(), { description: '1 at the trigger, 2 and 3 if no one has acknowledged it, 0 when it ends.' }),
    scenario: text('The name of the scenario.'),
    location: text('Where the person is. An empty string if it is not known.'),
    triggered_at: time('When the alarm was triggered.'),
    acknowledged_by: z.nullable(text('A username.')),
    acknowledged_via: z.exactOptional(
      documented(z.enum(['email', 'sms', 'webhook']), {
        description: 'The channel of the link, if the alarm was acknowledged with the link in a message.',
      }),
    ),
    ...EVENT_ID,
  }),
  'Alarm',
  'At the trigger, at every later step, and when the alarm ends.',
)

const crisis: z.ZodMiniType<Crisis & AtTheDesk> = described(
  z.object({ event: z.literal('crisis'), ...PERSON, ...USERNAME, at: time('When the person wrote.'), ...EVENT_ID }),
  'Crisis',
  'The person wrote to the assistant about suicide or self-harm. The text is not part of the frame.',
)

/** An id that a client sends. */
const sentId = (description: string) =>
  documented(z.union([z.int().check(z.minimum(0)), z.string().check(z.regex(/^\d{1,16}$/))]), { description })

const NEW_MESSAGE = {
  message: z.string().check(z.minLength(1), z.maxLength(4000)),
  client_id: documented(z.optional(z.string().check(z.minLength(1), z.maxLength(128))), {
    description: 'Any text, unique among the messages of this sender in the room. With it, the message can be sent again safely.',
  }),
}

const newMessage = described(z.object(NEW_MESSAGE), 'NewMessage', 'A message to the room.')

const sendFile = described(
  z.object({
    type: z.literal('file'),
    file: documented(z.string().check(z.regex(/^[0-9a-f]{32}$/)), { description: 'The id of a file that this account has uploaded.' }),
    client_id: NEW_MESSAGE.client_id,
  }),
  'SendFile',
  'A message that refers to a file. A file is sent once.',
)

const newDeskMessage = described(
  z.object({ ...NEW_MESSAGE, user_id: sentId('The id of the person whom it is for.') }),
  'NewDeskMessage',
  'A message from the desk to the room of a person.',
)

const startTyping = described(
  z.object({ type: z.literal('typing') }),
  'StartTyping',
  'The sender is typing. Send it at most every few seconds.',
)

const markRead = described(
  z.object({ type: z.literal('read'), id: sentId('The id of the last message that was read.') }),
  'MarkRead',
  'A read mark moves forward only.',
)

const resume = described(
  z.object({
    type: z.literal('resume'),
    since: sentId('The id of the last message, or at the desk of the last event, that the client has.'),
  }),
  'Resume',
  'Asks for everything after it.',
)

/** Which frames are sent and received where, by the names of their messages in the document. */
export const FRAMES = {
  room: {
    fromServer: {
      RoomMessage: roomMessage,
      Ack: ack,
      Typing: typing,
      ReadMark: readMark,
      DeskState: deskState,
      Notice: notice,
      Returned: returned,
      FrameError: error,
    },
    fromClient: { NewMessage: newMessage, SendFile: sendFile, StartTyping: startTyping, MarkRead: markRead, Resume: resume },
  },
  desk: {
    fromServer: {
      DeskMessage: deskMessage,
      Presence: presence,
      Room: room,
      Alarm: alarm,
      Crisis: crisis,
      Ack: ack,
      FrameError: error,
    },
    fromClient: { NewDeskMessage: newDeskMessage, Resume: resume },
  },
}
