/** Work in steps of a few milliseconds each. Between two steps the event loop serves other requests. */
export type CooperativeTask<T> = Generator<void, T>

export interface FairLock {
  /**
   * Runs the task while it holds the lock; null if the wait would be too long. If the lock is taken over meanwhile, the task
   * is created again and starts from the beginning.
   */
  run<T>(createTask: () => CooperativeTask<T>): Promise<T | null>
}

interface Waiter {
  readonly deadline: number
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

/**
 * A mutex with a first-in-first-out queue and a longest wait. When a client abandons a request, the platform drops that
 * request wherever it is, without notice. One request cannot wake another one either, so the lock can't be handed over.
 * Instead each waiter polls with a timer of its own, which sleeps for half of the estimated wait. It checks: have all waiters
 * before me gone, and is the lock free, or does its holder make no progress? In that way the lock of an abandoned request is
 * taken over. If its holder continues after all (the machine had paused), it notices this before its next step, touches
 * nothing, and queues again.
 */
export const createFairLock = (longestWaitMs: number): FairLock => {
  let waiters: Waiter[] = []
  let holder: Holder | null = null
  let averageMs = INITIAL_ESTIMATE_MS

  const acquire = (): Holder => {
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
    const now = Date.now()
    const ahead = waiters.slice(0, waiters.indexOf(self)).filter(({ nextPollAt }) => nextPollAt + ABANDONED_AFTER_MS > now).length
    return { ahead, ms: ahead * averageMs + (holder ? Math.max(0, holder.startedAt + averageMs - now) : 0) }
  }

  const waitForLock = async (deadline: number): Promise<Holder | null> => {
    waiters = waiters.filter((other) => other.deadline + ABANDONED_AFTER_MS > Date.now()) // those abandoned while they waited
    const self = { deadline, nextPollAt: Date.now() }
    waiters.push(self)
    try {
      for (let seen = holder, steps = 0, stalledPolls = 0; ; stalledPolls++) {
        if (seen !== holder || steps !== holder?.steps) [seen, steps, stalledPolls] = [holder, holder?.steps ?? 0, 0]
        const { ahead, ms } = estimateWait(self)
        if (ahead === 0 && (holder === null || stalledPolls >= MAX_STALLED_POLLS)) return acquire()
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
    run: async (createTask) => {
      const deadline = Date.now() + longestWaitMs
      for (;;) {
        const self = await waitForLock(deadline)
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
