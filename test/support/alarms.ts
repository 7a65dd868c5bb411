import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Carriers, Message, Outcome } from '../../src/domain/alarms/carriers.ts'
import { AlarmDispatcher } from '../../src/durable/alarm-dispatcher.ts'
import { at, call } from './call.ts'
import { type Person, person } from './people.ts'

export const MINUTE = 60_000

/**
 * Far enough away that the platform's own clock never rings for it: in these tests an object's alarm rings when the
 * test errorResponse so, and what is due is due by this clock.
 */
export const clock = (start = Date.UTC(2040, 0, 1)) => {
  let time = start
  return {
    now: () => time,
    advance: (ms: number) => {
      time += ms
    },
  }
}

export type Clock = ReturnType<typeof clock>

type Answer = Outcome | ((message: Message, attempt: number) => Outcome | Promise<Outcome>)

export const SENT: Outcome = { is: 'sent', reference: null }

/** Carriers that write down what they are given, and answer as they are told. */
export const recorder = (answer: Answer = SENT) => {
  const sent: { channel: string; message: Message }[] = []
  const carrier = (channel: string, errorResponse: Answer) => ({
    name: `test-${channel}`,
    send: async (message: Message) => {
      sent.push({ channel, message })
      const attempt = sent.filter((other) => other.message.key === message.key).length
      return typeof errorResponse === 'function' ? errorResponse(message, attempt) : errorResponse
    },
  })
  const carriers: Carriers = { email: carrier('email', answer), sms: carrier('sms', answer), desk: carrier('desk', SENT), webhook: null }
  return { sent, carriers, to: (channel: string) => sent.filter((one) => one.channel === channel).map(({ message }) => message) }
}

export const dispatcherOf = (someone: Pick<Person, 'id'>) => env.ALARM_DISPATCHER.getByName(String(someone.id))

/** Gives a person's object the parts of a test. They last as long as the object stays in memory. */
export const refit = (someone: Pick<Person, 'id'>, parts: Partial<AlarmDispatcher['parts']>): Promise<void> =>
  runInDurableObject(dispatcherOf(someone), (object) => {
    if (!(object instanceof AlarmDispatcher)) throw new Error('no dispatcher')
    object.parts = { ...object.parts, random: () => 0.5, ...parts }
  })

/** Lets the object's alarm ring, as the platform would once it is time. */
export const ring = (someone: Pick<Person, 'id'>): Promise<boolean> => runDurableObjectAlarm(dispatcherOf(someone))

export const rows = <T extends Record<string, SqlStorageValue>>(someone: Pick<Person, 'id'>, query: string): Promise<T[]> =>
  runInDurableObject(dispatcherOf(someone), (_object, state) => state.storage.sql.exec<T>(query).toArray())

export const V1 = '/api/v1'

interface Cast {
  readonly scenario?: number
  readonly contacts?: readonly Record<string, unknown>[]
  readonly therapist?: boolean
  readonly music?: number
}

export const ANN = { name: 'Ann', phone: '+380501234567', email: 'ann@example.com', relationship: 'sister' }
export const BOB = { name: 'Bob', phone: '+380 50 765-43-21', relationship: 'friend' }

/** Somebody with a scenario, and with people who would be told. */
export const cast = async ({ scenario = 3, contacts = [ANN, BOB], therapist = true, music = 1 }: Cast = {}): Promise<Person> => {
  const sam = await person('sam')
  const as = sam.token
  for (const contact of contacts) await call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as, json: contact })
  if (therapist) {
    const json = { name: 'Dr. Hall', phone: '+15551234567', email: 'hall@example.com' }
    await call('PUT', `${V1}/user/create/therapist/${sam.id}/`, { as, json })
  }
  if (music > 0) await call('POST', `${V1}/user/music/edit/${sam.id}/`, { as, json: { music } })
  await call('PATCH', `${V1}/user/edit/${sam.id}/`, { as, json: { scenario, location: 'Kyiv' } })
  return sam
}

export const trigger = (someone: Person, as = someone.token) => call('GET', `${V1}/event/trigger/${someone.id}/`, { as })
export const alarms = (someone: Person, as = someone.token) => call('GET', `${V1}/event/alarms/${someone.id}/`, { as })
export const ack = (someone: Person, alarmId: unknown, json: unknown = {}, as = someone.token) =>
  call('POST', `${V1}/event/alarms/${someone.id}/${alarmId}/ack/`, { as, json })

/** `[step, recipient, channel, state, attempts]` of every delivery of the newest alarm. */
export const deliveriesOf = async (someone: Person): Promise<unknown[]> => {
  const list = at(await alarms(someone), 'alarms', 0, 'deliveries')
  if (!Array.isArray(list)) throw new Error('no alarms')
  return list.map(({ step, recipient, channel, state, attempts }) => [step, recipient, channel, state, attempts])
}
