import { Agent, request } from 'node:http'
import { ROUTE_HEADER, type Served, type Target } from './runtime.ts'

export interface RequestSpec {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
}

interface BenchResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export interface Sample {
  readonly perSecond: number
  /** CPU milliseconds of the serving process for 1,000 requests. */
  readonly cpuPer1000: number
  /** The time of each request, in milliseconds. */
  readonly latencies: readonly number[]
  readonly bytes: number
}

export const agentOf = (connections: number): Agent => new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' })

export const send = (target: Target, agent: Agent, { method, path, headers, json }: RequestSpec): Promise<BenchResponse> =>
  new Promise((resolve, reject) => {
    const body = json === undefined ? undefined : JSON.stringify(json)
    const outgoing = request({
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
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      )
    })
    outgoing.end(body)
  })

/** Sends the requests over `connections` connections. Each connection sends its next request when it has the response. */
export const load = async (
  { target, cpuMs }: Served,
  agent: Agent,
  { connections, requests, status }: { connections: number; requests: readonly RequestSpec[]; status: number },
): Promise<Sample> => {
  const latencies: number[] = []
  let bytes = 0
  let next = 0
  const cpuBefore = cpuMs()
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let spec = requests[next++]; spec; spec = requests[next++]) {
        const sentAt = performance.now()
        const response = await send(target, agent, spec)
        latencies.push(performance.now() - sentAt)
        bytes += Buffer.byteLength(response.text)
        expectStatus(response, status, spec, target)
      }
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const { length } = requests
  return { perSecond: length / seconds, cpuPer1000: ((cpuMs() - cpuBefore) / length) * 1000, latencies, bytes: bytes / length }
}

/** Throws if the status is wrong: the time of a failed request must not be counted. */
export const expectStatus = (response: BenchResponse, status: number, { method, path }: RequestSpec, { worker }: Target): void => {
  if (response.status !== status) {
    throw new Error(`${worker ?? 'the server'}: ${method} ${path}: ${response.status} instead of ${status}: ${response.text.slice(0, 300)}`)
  }
}

/** The given percentile of the values; `part` is between 0 and 1. */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)
