import { Agent, request } from 'node:http'
import { ROUTE_HEADER, type Served, type Target } from './runtime.ts'

export interface Ask {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Sample {
  readonly perSecond: number
  /** Milliseconds of the runtime for a thousand requests. */
  readonly cpuPer1000: number
  /** How long each request took, in milliseconds. */
  readonly latencies: readonly number[]
  readonly bytes: number
}

export const agentOf = (connections: number): Agent => new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })

export const send = (target: Target, agent: Agent, { method, path, headers, json }: Ask): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const body = json === undefined ? undefined : JSON.stringify(json)
    const asked = request({
      host: target.host,
      port: target.port,
      agent,
      method,
      path,
      headers: {
        ...(target.worker && { [ROUTE_HEADER]: target.worker }),
        ...(body !== undefined && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
        ...headers,
      },
    })
    asked.on('error', reject)
    asked.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    asked.end(body)
  })

/** These requests over so many connections, each sending its next one when it has its answer. */
export const load = async (
  { target, cpuMs }: Served,
  agent: Agent,
  { connections, asks, status }: { connections: number; asks: readonly Ask[]; status: number },
): Promise<Sample> => {
  const latencies: number[] = []
  let bytes = 0
  let next = 0
  const cpuBefore = cpuMs()
  const from = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let ask = asks[next++]; ask; ask = asks[next++]) {
        const sent = performance.now()
        const answer = await send(target, agent, ask)
        latencies.push(performance.now() - sent)
        bytes += Buffer.byteLength(answer.text)
        expectStatus(answer, status, ask, target)
      }
    }),
  )
  const seconds = (performance.now() - from) / 1000
  const { length } = asks
  return { perSecond: length / seconds, cpuPer1000: ((cpuMs() - cpuBefore) / length) * 1000, latencies, bytes: bytes / length }
}

/** A wrong answer is no measurement. */
export const expectStatus = (answer: Answer, status: number, { method, path }: Ask, { worker }: Target): void => {
  if (answer.status !== status) {
    throw new Error(`${worker ?? 'the server'}: ${method} ${path}: ${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`)
  }
}

/** The value below which so large a part of them lies. */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)
