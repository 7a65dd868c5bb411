import { arePushKeys, isPushEndpoint, MAX_PUSH_DEVICES, type PushKeys, type PushMessage, type PushSubscription } from '../../model/push.ts'
import { fail, type Result } from '../../model/result.ts'
import type { WebPush } from '../../providers/carrier.ts'
import { deleteSubscription, deleteSubscriptions, findSubscriptions, saveSubscription } from '../../store/push-subscriptions.ts'
import type { StaffContext, SystemContext } from '../access.ts'

/** The platform opens at most this many connections at once. */
const CONCURRENCY = 6

/** In one run. What is left is done in the next one. */
const MAX_DEVICES_PER_RUN = 200

/** Notifies the caller's device from now on, until this log-in ends. */
export const subscribe = async (context: StaffContext, keys: PushKeys): Promise<Result<null, 'not-found' | 'invalid-subscription'>> => {
  const { push, actor } = context
  if (!push) return fail('not-found')
  if (!isPushEndpoint(keys.endpoint, push.origins) || !arePushKeys(keys)) return fail('invalid-subscription')
  const subscription = { ...keys, accountId: actor.account.id, credentialId: actor.credential.id, createdAt: context.now() }
  return (await saveSubscription(context.store, subscription, MAX_PUSH_DEVICES)) ? null : fail('not-found')
}

export const unsubscribe = (context: StaffContext, endpoint: string): Promise<void> =>
  deleteSubscription(context.store, context.actor.account.id, endpoint)

interface PushResult {
  /** The ids of the devices to which nothing is to be sent any more. */
  readonly done: readonly number[]
  readonly sent: number
  /** How many devices have to be tried again. */
  readonly failed: number
  /** The longest time that a push service asked for. */
  readonly retryAfterMs: number | null
}

const sendToAll = async (
  { store }: StaffContext | SystemContext,
  push: WebPush,
  devices: readonly PushSubscription[],
  message: PushMessage,
): Promise<PushResult> => {
  const queue = [...devices]
  const [done, gone, waits]: [number[], number[], number[]] = [[], [], []]
  let sent = 0
  const work = async (): Promise<void> => {
    for (let device = queue.shift(); device; device = queue.shift()) {
      // The operator may have removed the push service from the settings.
      const outcome = isPushEndpoint(device.endpoint, push.origins) ? await push.send(device, message) : 'gone'
      if (typeof outcome === 'object') waits.push(outcome.retryAfterMs ?? 0)
      else done.push(device.id)
      if (outcome === 'gone') gone.push(device.id)
      if (outcome === 'sent') sent++
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  if (gone.length > 0) await deleteSubscriptions(store, gone)
  return { done, sent, failed: waits.length, retryAfterMs: waits.length > 0 ? Math.max(...waits) : null }
}

/** Sends a message to every device of staff, except those that have got it. Who is staff is read now. */
export const pushToStaff = async (context: SystemContext, message: PushMessage, except: readonly number[]): Promise<PushResult> => {
  const { push, store, now } = context
  if (!push) return { done: [], sent: 0, failed: 0, retryAfterMs: null }
  const devices = await findSubscriptions(store, { accountId: null, except, now: now(), limit: MAX_DEVICES_PER_RUN })
  const result = await sendToAll(context, push, devices, message)
  // There may be more devices: the next run sends to them.
  return devices.length === MAX_DEVICES_PER_RUN ? { ...result, failed: result.failed + 1 } : result
}

const TEST: PushMessage = { tag: 'test', title: 'Test: an alarm looks like this.', silent: false }

/** Sends a test to the caller's devices. How many have got it. */
export const sendTest = async (context: StaffContext): Promise<Result<{ readonly sent: number }, 'not-found'>> => {
  const { push, store, now, actor } = context
  if (!push) return fail('not-found')
  const devices = await findSubscriptions(store, { accountId: actor.account.id, except: [], now: now(), limit: MAX_PUSH_DEVICES })
  const { sent } = await sendToAll(context, push, devices, TEST)
  return { sent }
}
