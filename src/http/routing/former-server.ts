import type { Context } from '../../domain/context.ts'
import { needsEffect, recordComparison, shadowContext } from '../../domain/shadow.ts'
import { formDifferences } from '../../model/shape.ts'
import { textWithin } from '../../model/text-within.ts'
import { withTimeout } from '../../model/timeout.ts'
import { type NotForwarded, type Upstream, upstreamOf } from '../../model/upstream.ts'
import { describeFault, type RequestRecord } from '../middleware/access-log.ts'
import { isHandshake } from '../request/websocket.ts'
import { errorResponse, toResponse } from '../response/errors.ts'
import { JSON_TYPE } from '../response/specs.ts'
import type { Bindings } from './app-env.ts'
import type { Contract } from './contract.ts'
import type { Route } from './route.ts'
import type { Found, Router } from './router.ts'

/** Requests that a former server still answers: those of contracts in the modes `proxy` and `shadow`. */

const FAILURES: Readonly<Record<NotForwarded, readonly [status: number, text: string]>> = {
  unreachable: [502, 'The former server of this contract cannot be reached.'],
  timeout: [504, 'The former server of this contract did not respond in time.'],
  loop: [508, 'The address of the former server of this contract leads back to this one.'],
}

/** In the form of the contract's own server errors. */
const failureResponse = ({ serverError, challenge }: Contract, failure: NotForwarded): Response => {
  const [status, text] = FAILURES[failure]
  return toResponse(errorResponse(status, Object.fromEntries(Object.keys(serverError ?? {}).map((key) => [key, text]))), challenge)
}

interface Forwarding {
  readonly upstream: Upstream
  readonly found: Found
}

const answers = (upstream: Upstream | undefined): upstream is Upstream => upstream !== undefined && upstream.mode !== 'adopt'

/**
 * The former server that answers this request; null if we do. A path that has no route here belongs to the contract of its prefix;
 * if that contract has no former server, it belongs to the only one that there is.
 */
export const forwardingOf = ({ settings }: Context, router: Router, request: Request): Forwarding | null => {
  const { upstreams } = settings
  if (upstreams === null) return null
  const found = router.find(request)
  const own = upstreamOf(upstreams, found.contract.name)
  const [only, ...others] = found.isUnknown && !own ? Object.values(upstreams).filter(answers) : []
  const upstream = own ?? (others.length === 0 ? only : undefined)
  return answers(upstream) ? { upstream, found } : null
}

/** `isOurs`: the response is not from the former server. */
interface Forwarded {
  readonly response: Response
  readonly isOurs: boolean
}

/** The former server's response, unchanged. Our answer to the same request is compared with it afterwards. */
export const forward = async (
  request: Request,
  { upstream, found: { contract, route } }: Forwarding,
  router: Router,
  bindings: Bindings,
): Promise<Forwarded> => {
  const { context, record } = bindings
  record.contract = contract.name
  record.route = `${upstream.mode}: ${route?.path ?? 'unknown'}`
  // Before the body is used up.
  const repeated = upstream.mode === 'shadow' && route && isComparable(request, route) ? { request: new Request(request), route } : null
  const response = await context.formerServer.forward(upstream, request, context.address)
  if (typeof response === 'string') {
    record.failure = `former-server-${response}`
    return { response: failureResponse(contract, response), isOurs: true }
  }
  if (repeated) context.waitUntil(compare(answerOf(response), repeated, contract.name, router, bindings))
  return { response, isOurs: false }
}

/** Only what changes nothing is repeated: `changesState` marks the GET routes that change something. */
const isComparable = (request: Request, route: Route): boolean =>
  request.method === 'GET' && request.body === null && !route.changesState && !isHandshake(request)

const LARGEST_COMPARED = 1024 * 1024

interface Answer {
  readonly status: number
  readonly type: string
  /** Null if it is not JSON. */
  readonly body: ReadableStream<Uint8Array> | null
}

const typeOf = ({ headers }: Response): string => headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? 'none'

/** The client's copy does not wait for this one. */
const answerOf = (response: Response): Answer => {
  const type = typeOf(response)
  return { status: response.status, type, body: type === JSON_TYPE ? response.clone().body : null }
}

interface Repeated {
  readonly request: Request
  readonly route: Route
}

const compare = async (theirs: Answer, { request, route }: Repeated, contract: string, router: Router, bindings: Bindings) => {
  try {
    const differences = await differencesOf(theirs, request, contract, router, bindings)
    await recordComparison(bindings.context, { contract, route: route.path, differences })
  } catch (error) {
    console.error(
      JSON.stringify({
        fault: 'an answer was not compared with that of a former server',
        contract,
        route: route.path,
        error: describeFault(error),
      }),
    )
  }
}

const NOT_COMPARED = ['not compared']

const differencesOf = async (theirs: Answer, request: Request, contract: string, router: Router, bindings: Bindings) => {
  const { context } = bindings
  const { upstreamTimeoutMs } = context.settings
  // Read first: otherwise the platform keeps all of it in memory until it is read.
  const former = theirs.body && (await withTimeout(textWithin(theirs.body, LARGEST_COMPARED), upstreamTimeoutMs).catch(() => null))
  const record: RequestRecord = { ...bindings.record, route: '', fault: null }
  const response = await router.fetch(request, { ...bindings, context: shadowContext(context), record, presented: { caller: null } })
  const own = await response.text()
  if (needsEffect(record.fault)) return NOT_COMPARED
  const [status, type] = [response.status, typeOf(response)]
  if (theirs.status !== status) return [`status ${theirs.status}, ${status}`]
  if (theirs.type !== type) return [`type ${plainType(theirs.type)}, ${type}`]
  if (type !== JSON_TYPE) return []
  if (former === null) return NOT_COMPARED
  const document = await context.readReferenceFile(`openapi/${contract}.json`)
  return formDifferences(parsed(former), parsed(own), (key) => document.includes(`${JSON.stringify(key)}:`))
}

const plainType = (type: string): string => (/^[a-z]+\/[a-z0-9.+-]{1,40}$/.test(type) ? type : 'unknown')

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
