import type { DataPoint } from '../../model/data-point.ts'
import type { RequestCost } from '../../model/request-cost.ts'

/** What the access log reports about a request. It is filled in while the request is handled. */
export interface RequestRecord {
  readonly id: string
  readonly startedAt: number
  contract: string
  /** The route's pattern, not the path: a path may hold an id. */
  route: string
  accountId: number | null
  /** Whether the caller is staff, as the check of the caller has confirmed. */
  isStaff: boolean
  /** Why the request was refused: a failure code, or what was wrong with the request. */
  failure: string | null
  /** The data center that the client reached. */
  readonly colo: string | null
  readonly cost: RequestCost
  /** Our own error, if there was one. */
  fault: string | null
}

/**
 * Writes one line per request. It names the route's pattern, never the path, a token, a body or a query: what people send
 * here is private, and some of it concerns their health.
 */
export const logRequest = (method: string, status: number, record: RequestRecord, now: number): void => {
  const line = JSON.stringify({
    method,
    route: record.route || null,
    contract: record.contract,
    status,
    ms: now - record.startedAt,
    account: record.accountId,
    request_id: record.id,
    colo: record.colo,
    d1: { trips: record.cost.databaseTrips, ms: record.cost.databaseMs, region: record.cost.databaseRegion },
    hash_wait_ms: record.cost.hashWaitMs,
    ...(record.failure !== null && { failure: record.failure }),
    ...(record.fault !== null && { fault: record.fault }),
  })
  if (record.fault === null) console.log(line)
  else console.error(line)
}

/** The same for the statistics. docs/operations.md lists the columns. */
export const requestPoint = (method: string, status: number, record: RequestRecord, now: number): DataPoint => {
  const { contract, route, failure, colo, startedAt, cost } = record
  return {
    name: 'request',
    labels: [contract, route, method, String(status), failure ?? '', colo ?? '', cost.databaseRegion ?? ''],
    values: [now - startedAt, cost.databaseTrips, cost.databaseMs, cost.hashWaitMs],
  }
}

/** What a request has cost, for the developer tools of a browser. */
export const serverTiming = ({ startedAt, colo, cost }: RequestRecord, now: number): string =>
  [
    `total;dur=${now - startedAt}`,
    `d1;dur=${cost.databaseMs};desc="${cost.databaseTrips} trips${cost.databaseRegion === null ? '' : `, ${cost.databaseRegion}`}"`,
    `hash-wait;dur=${cost.hashWaitMs}`,
    ...(colo === null ? [] : [`colo;desc="${colo}"`]),
  ].join(', ')

/**
 * A description of our own error that may be logged. Drizzle puts SQL and parameters into its messages, and parameters
 * are passwords and private texts. So only the innermost cause is used, which names tables and no values, and of the
 * stack only the source positions.
 */
export const describeFault = (error: unknown): string => {
  let innermost = error
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause
  if (!(innermost instanceof Error)) return `thrown: ${typeof innermost}`
  const isQuery = innermost.message.includes('\nparams:')
  const positions = (innermost.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 8)
    .map((line) => line.trim())
  return [`${innermost.name}: ${isQuery ? 'query failed' : innermost.message}`, ...positions].join(' | ')
}
