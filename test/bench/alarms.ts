import { once } from 'node:events'
import { createServer } from 'node:http'
import { type Ask, agentOf, expectStatus, percentile, send } from './load.ts'
import type { Served } from './runtime.ts'
import type { Town } from './town.ts'

/** How long somebody in trouble waits for "they are being told", while forty-nine others ring as well. */

interface Rung {
  readonly p50: number
  readonly p99: number
  /** From the first trigger until the last message of a round was with its provider. */
  readonly toldMs: number
}

const RINGING = 50
/** Two contacts, a therapist and the webhook. */
const MESSAGES_EACH = 4

interface Providers {
  readonly vars: Readonly<Record<string, string>>
  accepted(): number
  close(): void
}

/** E-mail, SMS and webhook in one place, on a real socket, with never a complaint. */
export const createProviders = async (): Promise<Providers> => {
  let accepted = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      // Before it sends an SMS a second time the program looks whether the first one went out: nothing did.
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
      ALARM_WEBHOOK_SECRET: 'a secret of the benchmark',
    },
    accepted: () => accepted,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export const measureAlarms = async ({ target }: Served, { people }: Town, providers: Providers, rounds: number): Promise<Rung> => {
  const agent = agentOf(RINGING)
  const ringing = people.slice(0, RINGING)
  const call = async (status: number, ask: Ask) => {
    const answer = await send(target, agent, ask)
    expectStatus(answer, status, ask, target)
    return answer
  }
  for (const person of ringing) await prepare(call, person)

  const latencies: number[] = []
  const told: number[] = []
  for (let round = 0; round < rounds; round++) {
    const before = providers.accepted()
    const from = performance.now()
    const alarms = await Promise.all(
      ringing.map(async (person) => {
        const sent = performance.now()
        const { text } = await call(200, { method: 'GET', path: `/api/v1/event/trigger/${person.id}/`, headers: as(person) })
        latencies.push(performance.now() - sent)
        return { person, alarm: Object(JSON.parse(text)).alarm_id }
      }),
    )
    await until(() => providers.accepted() >= before + MESSAGES_EACH * RINGING)
    told.push(performance.now() - from)
    // Everybody hears that it is over, too: the next round begins in quiet.
    for (const { person, alarm } of alarms) {
      await call(200, { method: 'POST', path: `/api/v1/event/alarms/${person.id}/${alarm}/ack/`, headers: as(person), json: {} })
    }
    await until(() => providers.accepted() >= before + (MESSAGES_EACH + 1) * RINGING)
  }
  agent.destroy()
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), toldMs: percentile(told, 0.5) }
}

type Ringer = Town['people'][number]

const as = ({ token }: Ringer) => ({ Authorization: `Token ${token}` })

/** A scenario that tells everybody, two contacts and a therapist. */
const prepare = async (call: (status: number, ask: Ask) => Promise<unknown>, person: Ringer): Promise<void> => {
  const { id, username } = person
  const headers = as(person)
  const contact = (json: object) => call(201, { method: 'PATCH', path: `/api/v1/user/edit/contact/${id}/`, headers, json })
  await contact({ name: 'Ann', phone: '+15551110001', email: `ann.${username}@example.com`, relationship: 'sister' })
  await contact({ name: 'Bob', phone: '+15551110002', relationship: 'friend' })
  const therapist = { name: 'Dr. Hall', phone: '+15551110003', email: `hall.${username}@example.com` }
  await call(201, { method: 'PUT', path: `/api/v1/user/create/therapist/${id}/`, headers, json: therapist })
  await call(200, { method: 'PATCH', path: `/api/v1/user/edit/${id}/`, headers, json: { scenario: 3, location: 'Kyiv' } })
}

const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 60_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > end) throw new Error('not everybody was told within a minute')
  }
}
