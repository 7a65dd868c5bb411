import type { Context } from '../domain/context.ts'
import type { RequestRecord } from './app-env.ts'
import type { Contract } from './dialect.ts'
import { allowedOrigin, preflight, withHeaders } from './edge-headers.ts'
import { describeFault } from './faults.ts'
import { logRequest } from './log.ts'
import { pathOf, withoutSlash } from './paths.ts'
import { requestIdOf } from './request-id.ts'
import { SegmentRouter } from './router.ts'

/** What a contract's route is known by, before the contract itself is asked. */
interface Owned {
  readonly contract: Contract
  readonly pattern: string
}

export type Origin = (request: Request, context: Context) => Promise<Response>

/**
 * All contracts on one root: who owns the method and the path answers, and nobody's middleware runs for another's
 * request. What must hold for every answer, whoever gives it (request id, CORS, security headers, the log line), is
 * done here.
 */
export const originOf = (contracts: readonly Contract[]): Origin => {
  const router = new SegmentRouter<Owned>()
  const claimed = new Map<string, string>()
  for (const contract of contracts) {
    for (const { method, pattern } of contract.routes) {
      const claim = `${method} ${pattern.replaceAll(/:\w+/g, ':')}`
      const other = claimed.get(claim)
      if (other) throw new Error(`${contract.name} and ${other} both claim ${claim}`)
      claimed.set(claim, contract.name)
      router.add(method, pattern, { contract, pattern })
    }
  }

  const ownerOf = (method: string, path: string): Owned | undefined => router.match(method, path)[0][0]?.[0]

  const allowed = (path: string): string[] => {
    const methods = router.methodsOn(path)
    if (methods.length === 0) return methods
    return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
  }

  const underPrefix = (path: string): Contract => {
    const [owner] = contracts
      .flatMap((contract) => contract.prefixes.map((prefix) => ({ contract, prefix })))
      .filter(({ prefix }) => path === prefix || path.startsWith(prefix === '/' ? '/' : `${prefix}/`))
      .sort((a, b) => b.prefix.length - a.prefix.length)
    if (!owner) throw new Error('some contract must have the prefix /')
    return owner.contract
  }

  const answer = (request: Request, context: Context, record: RequestRecord): Response | Promise<Response> => {
    const path = pathOf(request)
    const owner = ownerOf(request.method === 'HEAD' ? 'GET' : request.method, path)
    if (owner) {
      record.contract = owner.contract.name
      record.route = owner.pattern
      return owner.contract.fetch(request, { context, record })
    }
    const methods = allowed(path)
    const contract = methods.map((method) => ownerOf(method, path)?.contract).find(Boolean) ?? underPrefix(path)
    record.contract = contract.name
    if (methods.length === 0) return contract.notFound()
    const allow = methods.join(', ')
    return request.method === 'OPTIONS' ? preflight(allow) : contract.wrongMethod(request.method, path, allow)
  }

  return async (request, context) => {
    const record: RequestRecord = {
      id: requestIdOf(request),
      startedAt: context.now(),
      contract: '',
      route: '',
      accountId: null,
      fault: null,
    }
    let response: Response
    try {
      response = await answer(request, context, record)
    } catch (error) {
      record.fault = describeFault(error)
      response = underPrefix(withoutSlash(new URL(request.url).pathname)).failed(record)
    }
    logRequest(request.method, response.status, record, context.now())
    return withHeaders(response, request, record.id, allowedOrigin(request, context.settings.allowedOrigins))
  }
}
