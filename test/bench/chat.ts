import { Said } from './said.ts'
import { BenchSocket } from './socket.ts'

/** How many words a room delivers in a second, and how long each is on its way; over real TCP, and nothing lost on it. */

interface ChatRun {
  /** Where the Worker answers: `http://127.0.0.1:8787`. */
  readonly origin: string
  /** The account whose room it is. */
  readonly room: number
  /** Who sits in it, each an account of its own: the person and staff. */
  readonly tokens: readonly [string, ...string[]]
  /** How much each of them errorResponse. */
  readonly messagesEach: number
  /** So many of a sender's words wait for their ack at once. More make little difference but to how long each is on its way. */
  readonly window?: number
}

interface ChatMeasured {
  readonly deliveries: number
  readonly perSecond: number
  /** Milliseconds from `send` until a receiver has it. */
  readonly p50: number
  readonly p99: number
}

const WINDOW = 2
const TIMEOUT_MS = 120_000
const PAGE = 500

/**
 * Everybody in the room talks at once. A delivery is a message that a socket other than its sender's has received; acks
 * must arrive as well, and do not count. At the end every socket's frames are held against each other and against what the
 * room has stored: each message once, in one order, whole.
 */
export const measureChat = async (run: ChatRun): Promise<ChatMeasured> => {
  const { origin, room, tokens, messagesEach, window = WINDOW } = run
  const said = new Said(tokens.length, messagesEach)
  const address = new URL(`/ws/chat/${room}/`, origin)
  const sockets = await Promise.all(tokens.map((token) => BenchSocket.open(address, ['concord.v1', `concord.token.${token}`])))
  const ms = await talk(sockets, said, window).finally(() => Promise.all(sockets.map((socket) => socket.close())))
  said.verify(await storedSince(run, said.firstId()))
  const took = said.took.sort()
  const at = (part: number): number => took[Math.floor((took.length - 1) * part)] ?? 0
  return { deliveries: took.length, perSecond: took.length / (ms / 1000), p50: at(0.5), p99: at(0.99) }
}

/** Says it all, and waits until everything has arrived everywhere; how many milliseconds that took. */
const talk = (sockets: readonly BenchSocket[], said: Said, window: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`${said.missing} frames are missing`)), TIMEOUT_MS)
    const fail = (why: unknown): void => {
      clearTimeout(timer)
      reject(why)
    }
    const began = performance.now()
    const speakers = [...sockets.entries()].map(([seat, socket]) => {
      let next = 0
      return {
        say: () => {
          if (next < said.each) socket.send(said.frame(seat, next++))
        },
      }
    })
    for (const [seat, socket] of sockets.entries()) {
      const speaker = speakers[seat]
      socket.listen((bytes, from, to) => {
        if (said.hears(seat, bytes, from, to)) speaker?.say()
        if (said.missing > 0) return
        clearTimeout(timer)
        resolve(performance.now() - began)
      }, fail)
    }
    for (let n = 0; n < window; n++) for (const { say } of speakers) say()
  })

/** What the room tells whoever reads it over, by id. */
const storedSince = async ({ origin, room, tokens: [token] }: ChatRun, first: number): Promise<Map<number, string>> => {
  const stored = new Map<number, string>()
  for (let before: number | null = null; before === null || before > first; ) {
    const page = new URL(`/api/v1/chat/user/support/${room}/messages/?limit=${PAGE}${before === null ? '' : `&before=${before}`}`, origin)
    const response = await fetch(page, { headers: { Authorization: `Token ${token}` } })
    const { messages }: { messages: readonly { readonly id: number; readonly message: string }[] } = Object(await response.json())
    for (const { id, message } of messages) stored.set(id, message)
    if (messages.length === 0) break
    before = Math.min(...messages.map(({ id }) => id))
  }
  return stored
}
