import type { Context } from '../domain/context.ts'
import { clientOf } from '../model/client.ts'
import { newRequestCost } from '../model/request-cost.ts'
import { describeFault, logRequest, type RequestRecord, requestPoint, serverTiming } from './middleware/access-log.ts'
import { allowedOrigin, requestIdOf, withHeaders } from './middleware/response-headers.ts'
import { coloOf } from './request/country.ts'
import { createLargeBodies } from './request/large-bodies.ts'
import type { SocketGateway } from './request/websocket.ts'
import type { Bindings } from './routing/app-env.ts'
import type { Contract } from './routing/contract.ts'
import { forward, forwardingOf } from './routing/former-server.ts'
import { createRouter } from './routing/router.ts'

interface Dependencies {
  readonly context: Context
  readonly sockets: SocketGateway
}

export type RequestHandler = (request: Request, dependencies: Dependencies) => Promise<Response>

/** Set by Cloudflare, which replaces whatever a client sends. */
const CLIENT_ADDRESS = 'CF-Connecting-IP'

/** Handles every request: routes it, and adds to every response its request id, CORS and security headers and the log line. That of a former server is only logged. */
export const createHandler = (contracts: readonly Contract[]): RequestHandler => {
  const router = createRouter(contracts)
  const largeBodies = createLargeBodies()
  return async (request, { context, sockets }) => {
    const record: RequestRecord = {
      id: requestIdOf(request),
      startedAt: context.now(),
      contract: '',
      route: '',
      accountId: null,
      isStaff: false,
      failure: null,
      colo: coloOf(request),
      cost: newRequestCost(),
      fault: null,
    }
    const address = request.headers.get(CLIENT_ADDRESS)
    const largeBody = largeBodies.forRequest()
    const bindings: Bindings = {
      context: { ...context, client: clientOf(address), address },
      sockets,
      record,
      presented: { caller: null },
      largeBody,
    }
    let response: Response
    let isOurs = true
    try {
      const forwarding = forwardingOf(context, router, request)
      if (forwarding) ({ response, isOurs } = await forward(request, forwarding, router, bindings))
      else response = await context.measured(record.cost, () => context.gates.during(async () => router.fetch(request, bindings)))
    } catch (error) {
      record.fault = describeFault(error)
      response = router.failed(request, record.id)
    }
    largeBody.release()
    const now = context.now()
    logRequest(request.method, response.status, record, now)
    context.count(requestPoint(request.method, response.status, record, now))
    if (!isOurs) return response
    const sent = withHeaders(response, request, record.id, allowedOrigin(request, context.settings.allowedOrigins))
    const showsTiming = record.isStaff || context.settings.showsServerTiming
    if (showsTiming && sent.status !== 101) sent.headers.set('Server-Timing', serverTiming(record, now))
    return sent
  }
}
