/** The work took too long. Whether it succeeds later is unknown. */
export class TimedOut extends Error {
  constructor() {
    super('timed out')
  }
}

/** Rejects with `TimedOut` if the work takes too long. The work itself goes on, so the caller must be able to repeat it safely. */
export const withTimeout = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimedOut()), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
