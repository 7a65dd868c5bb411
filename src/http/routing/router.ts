import type { MiddlewareHandler } from 'hono'
import { HonoBase } from 'hono/hono-base'
import type { H, RouterRoute } from 'hono/types'
import { describeFault } from '../middleware/access-log.ts'
import { isPreflight, preflight, preflightOfUnknown } from '../middleware/response-headers.ts'
import { CrossSiteError, UnauthenticatedError } from '../request/credentials.ts'
import { InvalidRequestError } from '../request/field-errors.ts'
import { CROSS_SITE, errorResponse, HttpError, NOT_FOUND, throttled, toResponse } from '../response/errors.ts'
import type { ErrorResponse } from '../response/specs.ts'
import type { AppEnv, Bindings } from './app-env.ts'
import { OtherFlagsError, ThrottledError } from './caller.ts'
import type { Contract } from './contract.ts'
import type { Route } from './route.ts'
import { pathOf, patternOf, SegmentRouter, withoutSlash } from './segment-router.ts'

/** The contract that a request belongs to. */
export interface Found {
  readonly contract: Contract
  /** Null if no route matches method and path. */
  readonly route: Route | null
  /** Whether no route of any method has this path. */
  readonly isUnknown: boolean
}

export interface Router {
  find(request: Request): Found
  fetch(request: Request, bindings: Bindings): Response | Promise<Response>
  /** The response to an error that no route could handle. */
  failed(request: Request, requestId: string): Response
}

/** The contract's response to an error that was thrown while one of its routes ran; null if the error is our own. */
const expectedError = (error: Error, contract: Contract, path: string): ErrorResponse | null => {
  if (error instanceof HttpError) return error.response
  if (error instanceof UnauthenticatedError) return contract.unauthenticated(error.problem, path, error.source)
  if (error instanceof InvalidRequestError) return error.toResponse?.(error.errors) ?? contract.invalid(error.errors, path)
  if (error instanceof ThrottledError) return throttled(error.seconds)
  return error instanceof CrossSiteError ? CROSS_SITE : null
}

/** What the log calls an expected error. */
const failureOf = (error: Error): string | null => {
  if (error instanceof HttpError) return error.failure
  if (error instanceof UnauthenticatedError) return 'unauthenticated'
  if (error instanceof InvalidRequestError) return 'invalid-request'
  if (error instanceof ThrottledError) return 'throttled'
  return error instanceof CrossSiteError ? 'cross-site' : null
}

const serverError = (contract: Contract, requestId: string): Response =>
  toResponse(errorResponse(500, { ...contract.serverError, request_id: requestId }), contract.challenge)

/**
 * One Hono app for the routes of all contracts. A route belongs to the contract that lists it; two contracts that claim
 * the same method and path stop the start.
 */
export const createRouter = (contracts: readonly Contract[]): Router => {
  const segments = new SegmentRouter<[H, RouterRoute]>()
  const app = new HonoBase<AppEnv>({ router: segments, getPath: pathOf })
  const owners = new Map<string, Contract>()
  const routes = new Map<string, Route>()

  for (const contract of contracts) {
    for (const route of contract.routes) {
      const { method, path, handlers } = route
      const pattern = patternOf(path)
      const claim = claimOf(method, pattern)
      const other = owners.get(claim)
      if (other) throw new Error(`${contract.name} and ${other.name} both claim ${claim}`)
      owners.set(claim, contract)
      routes.set(claim, route)
      const record: MiddlewareHandler<AppEnv> = (c, next) => {
        c.env.record.contract = contract.name
        c.env.record.route = pattern
        return next()
      }
      app.on(method, pattern, record, ...handlers)
    }
  }

  const byName = new Map(contracts.map((contract) => [contract.name, contract]))

  /** The contract whose prefix matches an unknown path; the longest prefix wins. */
  const ownerOfUnknown = (path: string): Contract => {
    const [match] = contracts
      .flatMap((contract) => contract.prefixes.map((prefix) => ({ contract, prefix })))
      .filter(({ prefix }) => path === prefix || path.startsWith(prefix === '/' ? '/' : `${prefix}/`))
      .sort((a, b) => b.prefix.length - a.prefix.length)
    if (!match) throw new Error('one contract must have the prefix /')
    return match.contract
  }

  app.onError(async (thrown, c) => {
    const contract = byName.get(c.env.record.contract) ?? ownerOfUnknown(c.req.path)
    const found = await c.env.presented.caller?.errorInsteadOf(thrown)
    // A refused request stays refused, whatever flags the account has.
    const error = found === undefined || found instanceof OtherFlagsError ? thrown : found
    if (error instanceof UnauthenticatedError) Object.assign(c.env.record, { accountId: null, isStaff: false })
    c.env.record.failure = failureOf(error)
    const expected = expectedError(error, contract, c.req.path)
    if (expected) return toResponse(expected, contract.challenge)
    c.env.record.fault = describeFault(error)
    return serverError(contract, c.env.record.id)
  })

  /** A path that no route of this method matches: 404, or 405 if it has routes of other methods. */
  app.notFound((c) => {
    const { method, path } = c.req
    const [[first, pattern] = [], ...others] = segments.patternsByMethod(path)
    const owner = first === undefined || pattern === undefined ? undefined : owners.get(claimOf(first, pattern))
    const contract = owner ?? ownerOfUnknown(path)
    c.env.record.contract = contract.name
    if (first === undefined) return isPreflight(c.req.raw) ? preflightOfUnknown() : toResponse(NOT_FOUND, contract.challenge)
    const methods = [first, ...others.map(([other]) => other)]
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
    if (method === 'OPTIONS') return preflight(allow)
    const body = contract.wrongMethod?.(method, path) ?? { detail: `Method "${method}" not allowed.` }
    return toResponse(errorResponse(405, body, { Allow: allow }), contract.challenge)
  })

  /** A preflight belongs to the request that it announces. */
  const find = (request: Request): Found => {
    const asked = request.method === 'OPTIONS' ? request.headers.get('Access-Control-Request-Method') : null
    const method = (asked ?? request.method).replace(/^HEAD$/, 'GET')
    const path = pathOf(request)
    const patterns = segments.patternsByMethod(path)
    const pattern = patterns.get(method)
    const claim = pattern === undefined ? null : claimOf(method, pattern)
    const [first] = patterns
    const owner = owners.get(claim ?? (first ? claimOf(...first) : ''))
    return {
      contract: owner ?? ownerOfUnknown(path),
      route: (claim !== null && routes.get(claim)) || null,
      isUnknown: patterns.size === 0,
    }
  }

  return {
    find,
    fetch: (request, bindings) => app.fetch(request, bindings),
    failed: (request, requestId) => serverError(ownerOfUnknown(withoutSlash(new URL(request.url).pathname)), requestId),
  }
}

/** What two routes may not have in common. The names of path parameters make no difference. */
const claimOf = (method: string, pattern: string): string => `${method} ${pattern.replaceAll(/:\w+/g, ':')}`
