import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Dataset } from './dataset.ts'
import { agentOf, expectStatus, percentile, type RequestSpec, send } from './load.ts'
import type { Served } from './runtime.ts'

/** Measures how long a person waits for the response to an alarm trigger, while 49 other people trigger alarms too. */

interface AlarmFigures {
  readonly p50: number
  readonly p99: number
  /** From the first trigger of a round until the providers have accepted its last message. */
  readonly deliveredMs: number
}

const ALARM_COUNT = 50
/** Messages of one alarm: two contacts, a therapist and the webhook. */
const MESSAGES_PER_ALARM = 4

interface Providers {
  readonly vars: Readonly<Record<string, string>>
  accepted(): number
  close(): void
}

/** One local HTTP server that stands in for the e-mail, SMS and webhook providers. It accepts every message. */
export const createProviders = async (): Promise<Providers> => {
  let accepted = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      // Before Concord repeats an SMS, it asks (with GET) whether the provider has sent the first one. This provider lists none.
      if (request.method === 'POST') accepted++
      response.writeHead(request.url?.startsWith('/2010-04-01') ? 201 : 200, { 'Content-Type': 'application/json' })
      response.end('{"id":"an id","sid":"SM0","messages":[]}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    vars: {
      EMAIL_FROM: 'help@concord.example',
      EMAIL_API_KEY: 'a key',
      EMAIL_API_URL: url,
      SMS_ACCOUNT_SID: 'AC1',
      SMS_AUTH_TOKEN: 'a token',
      SMS_FROM: '+15550000000',
      SMS_API_URL: url,
      ALARM_WEBHOOK_URL: `${url}/hook`,
      ALARM_WEBHOOK_SECRET: 'the webhook secret of the benchmark',
    },
    accepted: () => accepted,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export const measureAlarms = async (
  { target }: Served,
  { people }: Dataset,
  providers: Providers,
  rounds: number,
): Promise<AlarmFigures> => {
  const agent = agentOf(ALARM_COUNT)
  const callers = people.slice(0, ALARM_COUNT)
  const call = async (status: number, spec: RequestSpec) => {
    const response = await send(target, agent, spec)
    expectStatus(response, status, spec, target)
    return response
  }
  for (const person of callers) await addRecipients(call, person)

  const latencies: number[] = []
  const deliveryTimes: number[] = []
  for (let round = 0; round < rounds; round++) {
    const acceptedBefore = providers.accepted()
    const startedAt = performance.now()
    const alarms = await Promise.all(
      callers.map(async (person) => {
        const sentAt = performance.now()
        const { text } = await call(200, { method: 'GET', path: `/api/v1/event/trigger/${person.id}/`, headers: authorization(person) })
        latencies.push(performance.now() - sentAt)
        return { person, alarm: Object(JSON.parse(text)).alarm_id }
      }),
    )
    await waitUntil(() => providers.accepted() >= acceptedBefore + MESSAGES_PER_ALARM * ALARM_COUNT)
    deliveryTimes.push(performance.now() - startedAt)
    // "I am safe" sends as many messages once more. Wait for them, so that the next round starts with an idle server.
    for (const { person, alarm } of alarms) {
      await call(200, { method: 'POST', path: `/api/v1/event/alarms/${person.id}/${alarm}/ack/`, headers: authorization(person), json: {} })
    }
    await waitUntil(() => providers.accepted() >= acceptedBefore + 2 * MESSAGES_PER_ALARM * ALARM_COUNT)
  }
  agent.destroy()
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), deliveredMs: percentile(deliveryTimes, 0.5) }
}

type Person = Dataset['people'][number]

const authorization = ({ token }: Person) => ({ Authorization: `Token ${token}` })

/** Sets a scenario that notifies every recipient, and adds two contacts and a therapist. */
const addRecipients = async (call: (status: number, spec: RequestSpec) => Promise<unknown>, person: Person): Promise<void> => {
  const { id, username } = person
  const headers = authorization(person)
  const contact = (json: object) => call(201, { method: 'PATCH', path: `/api/v1/user/edit/contact/${id}/`, headers, json })
  await contact({ name: 'Ann', phone: '+15551110001', email: `ann.${username}@example.com`, relationship: 'sister' })
  await contact({ name: 'Bob', phone: '+15551110002', relationship: 'friend' })
  const therapist = { name: 'Dr. Hall', phone: '+15551110003', email: `hall.${username}@example.com` }
  await call(201, { method: 'PUT', path: `/api/v1/user/create/therapist/${id}/`, headers, json: therapist })
  await call(200, { method: 'PATCH', path: `/api/v1/user/edit/${id}/`, headers, json: { scenario: 3, location: 'Kyiv' } })
}

const waitUntil = async (isDone: () => boolean): Promise<void> => {
  for (const deadline = Date.now() + 60_000; !isDone(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > deadline) throw new Error('the providers did not accept every message within a minute')
  }
}
