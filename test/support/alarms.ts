import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { AlarmDispatcher } from '../../src/durable/alarm-dispatcher.ts'
import type { Outcome } from '../../src/model/alarm.ts'
import type { Carriers, Message } from '../../src/providers/carrier.ts'
import { at, call } from './call.ts'
import { type Person, person } from './people.ts'

export const MINUTE = 60_000

/**
 * A fake clock in the far future, so that the platform never runs an object's alarm by itself: in these tests an alarm runs
 * when the test calls `runAlarm`, and this clock decides what is due.
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

type OutcomeOrFunction = Outcome | ((message: Message, attempt: number) => Outcome | Promise<Outcome>)

export const SENT: Outcome = { type: 'sent', reference: null }

/** Carriers that record their messages and return the given outcome. */
export const recordingCarriers = (outcome: OutcomeOrFunction = SENT) => {
  const sent: { channel: string; message: Message }[] = []
  const carrier = (channel: string, carrierOutcome: OutcomeOrFunction) => ({
    name: `test-${channel}`,
    send: async (message: Message) => {
      sent.push({ channel, message })
      const attempt = sent.filter((other) => other.message.key === message.key).length
      return typeof carrierOutcome === 'function' ? carrierOutcome(message, attempt) : carrierOutcome
    },
  })
  const carriers: Carriers = { email: carrier('email', outcome), sms: carrier('sms', outcome), desk: carrier('desk', SENT), webhook: null }
  return { sent, carriers, to: (channel: string) => sent.filter((one) => one.channel === channel).map(({ message }) => message) }
}

export const dispatcherOf = (someone: Pick<Person, 'id'>) => env.ALARM_DISPATCHER.getByName(String(someone.id))

/** Replaces dependencies of a person's object. They last as long as the object stays in memory. */
export const setDependencies = (someone: Pick<Person, 'id'>, dependencies: Partial<AlarmDispatcher['dependencies']>): Promise<void> =>
  runInDurableObject(dispatcherOf(someone), (object) => {
    if (!(object instanceof AlarmDispatcher)) throw new Error('no dispatcher')
    object.dependencies = { ...object.dependencies, random: () => 0.5, ...dependencies }
  })

/** Runs the object's alarm, as the platform would when it is due. */
export const runAlarm = (someone: Pick<Person, 'id'>): Promise<boolean> => runDurableObjectAlarm(dispatcherOf(someone))

export const rows = <T extends Record<string, SqlStorageValue>>(someone: Pick<Person, 'id'>, query: string): Promise<T[]> =>
  runInDurableObject(dispatcherOf(someone), (_object, state) => state.storage.sql.exec<T>(query).toArray())

export const V1 = '/api/v1'

interface AlarmData {
  readonly scenario?: number
  readonly contacts?: readonly Record<string, unknown>[]
  /** Contacts as they may be stored from before phone numbers were checked. */
  readonly oldContacts?: readonly (typeof EVE_NEXT_DOOR)[]
  readonly therapist?: boolean
  readonly music?: number
}

export const ANN = { name: 'Ann', phone: '+380501234567', email: 'ann@example.com', relationship: 'sister' }
export const BOB = { name: 'Bob', phone: '+380 50 765-43-21', relationship: 'friend' }
export const EVE_NEXT_DOOR = { name: 'Eve', phone: 'next door', relationship: 'neighbour' }

/** Adds a contact to the database, without the checks of the route. */
export const storeContact = (someone: Pick<Person, 'id'>, { name, phone, relationship }: typeof EVE_NEXT_DOOR): Promise<unknown> =>
  env.DB.prepare("INSERT INTO emergency_contacts (account_id, name, phone, email, relationship, created_at) VALUES (?, ?, ?, '', ?, 0)")
    .bind(someone.id, name, phone, relationship)
    .run()

/** A person with a scenario, emergency contacts, a therapist and music. */
export const personWithContacts = async ({
  scenario = 3,
  contacts = [ANN, BOB],
  oldContacts = [],
  therapist = true,
  music = 1,
}: AlarmData = {}): Promise<Person> => {
  const sam = await person('sam')
  const as = sam.token
  for (const contact of contacts) await call('PATCH', `${V1}/user/edit/contact/${sam.id}/`, { as, json: contact })
  for (const contact of oldContacts) await storeContact(sam, contact)
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
