import type { RequestRecord } from './app-env.ts'

/**
 * One line per request. It names the route's pattern and not the path, and never a token, a body or a query: what people
 * send here is theirs, and some of it is about their health.
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
    ...(record.fault !== null && { fault: record.fault }),
  })
  if (record.fault === null) console.log(line)
  else console.error(line)
}
