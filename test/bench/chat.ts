import { MessageTracker } from './message-tracker.ts'
import { BenchSocket } from './socket.ts'

/** Measures how many messages a room delivers per second, and the latency of each; over real TCP. No message may be lost. */

interface ChatRun {
  /** The address of the Worker: `http://127.0.0.1:8787`. */
  readonly origin: string
  /** The id of the account that owns the room. */
  readonly room: number
  /** The tokens of the participants, each of another account: the person and staff. */
  readonly tokens: readonly [string, ...string[]]
  /** Messages that each participant sends. */
  readonly messagesEach: number
  /** The highest number of unacknowledged messages of one sender. A larger window mainly increases the latency. */
  readonly window?: number
}

interface ChatFigures {
  readonly deliveries: number
  readonly perSecond: number
  /** Milliseconds from `send` until a receiver has the message. */
  readonly p50: number
  readonly p99: number
}

const WINDOW = 2
const TIMEOUT_MS = 120_000
const PAGE_SIZE = 500

/**
 * All participants of the room send at the same time. A delivery is a message received by a socket other than its sender's.
 * Acks must arrive too, but are not counted. At the end the frames of all sockets are compared with each other and with the
 * stored messages: each message must arrive once, complete, and in the same order everywhere.
 */
export const measureChat = async (run: ChatRun): Promise<ChatFigures> => {
  const { origin, room, tokens, messagesEach, window = WINDOW } = run
  const tracker = new MessageTracker(tokens.length, messagesEach)
  const address = new URL(`/ws/chat/${room}/`, origin)
  const sockets = await Promise.all(tokens.map((token) => BenchSocket.open(address, ['concord.v1', `concord.token.${token}`])))
  const ms = await exchangeMessages(sockets, tracker, window).finally(() => Promise.all(sockets.map((socket) => socket.close())))
  tracker.verify(await storedSince(run, tracker.firstId()))
  const latencies = tracker.latencies.sort()
  const percentile = (part: number): number => latencies[Math.floor((latencies.length - 1) * part)] ?? 0
  return { deliveries: latencies.length, perSecond: latencies.length / (ms / 1000), p50: percentile(0.5), p99: percentile(0.99) }
}

/** Sends all messages and waits until they have arrived everywhere. Resolves with the elapsed milliseconds. */
const exchangeMessages = (sockets: readonly BenchSocket[], tracker: MessageTracker, window: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`${tracker.missing} frames are missing`)), TIMEOUT_MS)
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      reject(error)
    }
    const startedAt = performance.now()
    const senders = [...sockets.entries()].map(([index, socket]) => {
      let next = 0
      return {
        sendNext: () => {
          if (next < tracker.messagesEach) socket.send(tracker.frame(index, next++))
        },
      }
    })
    for (const [index, socket] of sockets.entries()) {
      const sender = senders[index]
      socket.listen((bytes, from, to) => {
        if (tracker.receive(index, bytes, from, to)) sender?.sendNext()
        if (tracker.missing > 0) return
        clearTimeout(timer)
        resolve(performance.now() - startedAt)
      }, fail)
    }
    for (let n = 0; n < window; n++) for (const { sendNext } of senders) sendNext()
  })

/** The stored messages of the room from id `first` on, by id, read through the REST API. */
const storedSince = async ({ origin, room, tokens: [token] }: ChatRun, first: number): Promise<Map<number, string>> => {
  const stored = new Map<number, string>()
  for (let before: number | null = null; before === null || before > first; ) {
    const page = new URL(
      `/api/v1/chat/user/support/${room}/messages/?limit=${PAGE_SIZE}${before === null ? '' : `&before=${before}`}`,
      origin,
    )
    const response = await fetch(page, { headers: { Authorization: `Token ${token}` } })
    const { messages }: { messages: readonly { readonly id: number; readonly message: string }[] } = Object(await response.json())
    for (const { id, message } of messages) stored.set(id, message)
    if (messages.length === 0) break
    before = Math.min(...messages.map(({ id }) => id))
  }
  return stored
}
