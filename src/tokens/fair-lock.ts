/** Work in steps of a few milliseconds each. Between two steps the event loop serves other requests. */
export type CooperativeTask<T> = Generator<void, T>

export interface FairLock {
  /**
   * Runs the task while it holds the lock; null if the wait would be too long. If the lock is taken over meanwhile, the task
   * is created again and starts from the beginning.
   */
  run<T>(createTask: () => CooperativeTask<T>, requester?: Requester): Promise<T | null>
}

/** For whom a task runs. Tasks for one network, or for one account, wait for each other and do not delay all others. */
export interface Requester {
  readonly network: string
  readonly account: string
}

const ANYONE: Requester = { network: '', account: '' }

interface Waiter {
  readonly requester: Requester
  readonly deadline: number
  /** Waiters are served by turn, and within a turn in the order in which they came. */
  readonly turn: number
  nextPollAt: number
}

interface Holder {
  readonly startedAt: number
  steps: number
}

/** How long a task is assumed to take, until the first ones have been measured. */
const INITIAL_ESTIMATE_MS = 50
/** How often the first waiter polls, and how often at least every other waiter polls. */
const MIN_POLL_MS = 3
const MAX_POLL_MS = 500
/** A waiter whose poll is this late has been abandoned. */
const ABANDONED_AFTER_MS = 100
/**
 * After this many polls in a row without a finished step the holder counts as abandoned. A wrong decision costs one hash that
 * has to start again.
 */
const MAX_STALLED_POLLS = 12

const isPolling = ({ nextPollAt }: Waiter): boolean => nextPollAt + ABANDONED_AFTER_MS > Date.now()

/**
 * A mutex with a fair queue and a longest wait. In each turn every network, and every account, gets one task: the third task
 * of a network that waits is served in the third turn from now, however many other networks wait. So a flood from one network
 * makes its own requests wait, and be rejected, and delays each other request by about one task (start-time fair queueing,
 * with tasks of equal cost). When a client abandons a request, the platform drops that
 * request wherever it is, without notice: such a holder releases nothing. One request can wake another one, but not reliably (see
 * docs/adr/0009-polling-lock.md), so the lock is not handed over. Instead each waiter polls with a timer of its own, which sleeps for half of the estimated wait. It checks: have all waiters
 * before me gone, and is the lock free, or does its holder make no progress? In that way the lock of an abandoned request is
 * taken over. If its holder continues after all (the machine had paused), it notices this before its next step, touches
 * nothing, and queues again.
 */
export const createFairLock = (longestWaitMs: number, onWait: (ms: number) => void = () => undefined): FairLock => {
  let waiters: Waiter[] = []
  let holder: Holder | null = null
  let averageMs = INITIAL_ESTIMATE_MS
  let currentTurn = 0

  const acquire = ({ turn }: Waiter): Holder => {
    currentTurn = Math.max(currentTurn, turn)
    holder = { startedAt: Date.now(), steps: 0 }
    return holder
  }

  const release = (self: Holder): void => {
    if (holder !== self) return
    averageMs += (Date.now() - self.startedAt - averageMs) / 4
    holder = null
  }

  /** How many waiters are ahead, and how long the wait will probably be. */
  const estimateWait = (self: Waiter): { ahead: number; ms: number } => {
    const position = waiters.indexOf(self)
    const isAhead = (other: Waiter, index: number): boolean =>
      isPolling(other) && (other.turn < self.turn || (other.turn === self.turn && index < position))
    const ahead = waiters.filter(isAhead).length
    return { ahead, ms: ahead * averageMs + (holder ? Math.max(0, holder.startedAt + averageMs - Date.now()) : 0) }
  }

  const nextTurnFor = ({ network, account }: Requester): number => {
    const requesters = waiters.filter(isPolling).map(({ requester }) => requester)
    const ofNetwork = requesters.filter((requester) => requester.network === network).length
    const ofAccount = requesters.filter((requester) => requester.account === account).length
    return currentTurn + 1 + Math.max(ofNetwork, ofAccount)
  }

  const waitForLock = async (requester: Requester, deadline: number): Promise<Holder | null> => {
    waiters = waiters.filter((other) => other.deadline + ABANDONED_AFTER_MS > Date.now()) // those abandoned while they waited
    const self = { requester, deadline, turn: nextTurnFor(requester), nextPollAt: Date.now() }
    waiters.push(self)
    try {
      for (let seen = holder, steps = 0, stalledPolls = 0; ; stalledPolls++) {
        if (seen !== holder || steps !== holder?.steps) [seen, steps, stalledPolls] = [holder, holder?.steps ?? 0, 0]
        const { ahead, ms } = estimateWait(self)
        if (ahead === 0 && (holder === null || stalledPolls >= MAX_STALLED_POLLS)) return acquire(self)
        if (Date.now() + ms > deadline) return null
        const sleepMs = Math.min(Math.max(ms / 2, MIN_POLL_MS), MAX_POLL_MS)
        self.nextPollAt = Date.now() + sleepMs
        await new Promise((resolve) => setTimeout(resolve, sleepMs))
      }
    } finally {
      waiters = waiters.filter((other) => other !== self)
    }
  }

  return {
    run: async (createTask, requester = ANYONE) => {
      const deadline = Date.now() + longestWaitMs
      for (;;) {
        const queuedAt = Date.now()
        const self = await waitForLock(requester, deadline)
        onWait(Date.now() - queuedAt)
        if (!self) return null
        try {
          const task = createTask()
          while (holder === self) {
            const step = task.next()
            if (step.done) return step.value
            self.steps++
            await yieldToEventLoop()
          }
        } finally {
          release(self)
        }
      }
    },
  }
}

/**
 * A timer, although it fires after one millisecond at the earliest. Promises that resolve without a timer (a message port, a
 * digest, a stream) do not let other requests and responses through.
 */
const yieldToEventLoop = () => new Promise((resolve) => setTimeout(resolve, 0))
