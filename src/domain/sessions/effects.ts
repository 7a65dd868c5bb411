import type { Context } from '../context.ts'

/** Whether the caller has been checked. */
interface Check {
  isPassed(): boolean
}

type Effect = 'media' | 'passwords' | 'revocations' | 'alarms' | 'support' | 'carriers' | 'model' | 'waitUntil'

/**
 * What has an effect outside of the database cannot be undone by the check's transaction. Using it before the check has
 * passed is an error in our code, and throws. A verb whose first effect is not in the database calls `actor.load()` first.
 */
export const effectsAfter = (check: Check, context: Context): Pick<Context, Effect> => {
  const guarded = <T extends object>(effect: T): T =>
    new Proxy(effect, {
      get: (target, name) => {
        requirePassed(check)
        return Reflect.get(target, name)
      },
    })
  return {
    media: guarded(context.media),
    passwords: guarded(context.passwords),
    revocations: guarded(context.revocations),
    alarms: guarded(context.alarms),
    support: guarded(context.support),
    carriers: guarded(context.carriers),
    model: guarded(context.model),
    waitUntil: (work) => {
      requirePassed(check)
      context.waitUntil(work)
    },
  }
}

const requirePassed = (check: Check): void => {
  if (!check.isPassed()) throw new Error('an effect outside of the database before the caller is checked')
}
