import type { ShadowAnswer } from '../model/upstream.ts'
import { readOnly } from '../store/read-only.ts'
import { countShadowAnswer } from '../store/shadow-answers.ts'
import type { Context } from './context.ts'
import { NO_GATES } from './gates.ts'

/** The answer needs something that a comparison must not touch. */
const IN_SHADOW = 'an effect in an answer that is only compared'

export const needsEffect = (fault: string | null): boolean => fault?.includes(IN_SHADOW) ?? false

const withoutEffect = <T extends object>(effect: T): T =>
  new Proxy(effect, {
    get: () => {
      throw new Error(IN_SHADOW)
    },
  })

const allowed = async (): Promise<boolean> => true

/** For an answer that is not sent to anyone: it reads the database, and changes nothing, neither there nor elsewhere. */
export const shadowContext = (context: Context): Context => ({
  ...context,
  store: readOnly(context.store),
  // Nothing is left at a gate, so the primary answers.
  gates: NO_GATES,
  media: withoutEffect(context.media),
  alarms: withoutEffect(context.alarms),
  support: withoutEffect(context.support),
  carriers: withoutEffect(context.carriers),
  model: withoutEffect(context.model),
  passwords: withoutEffect(context.passwords),
  formerServer: withoutEffect(context.formerServer),
  // The request of the client is limited and counted, not its repetition.
  limits: { allowsAddress: allowed, allowsWiderNetwork: allowed, allowsAlarmMessage: allowed },
  count: () => undefined,
  heartbeat: null,
  push: null,
})

/** Counts an answer that was compared. */
export const recordComparison = (context: Context, answer: ShadowAnswer): Promise<void> =>
  countShadowAnswer(context.store, answer, context.now())
