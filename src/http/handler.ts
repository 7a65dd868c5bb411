import type { Context } from '../domain/context.ts'
import { clientOf } from '../model/client.ts'
import { newRequestCost } from '../model/request-cost.ts'
import { describeFault, logRequest, type RequestRecord, requestPoint, serverTiming } from './middleware/access-log.ts'
import { allowedOrigin, requestIdOf, withHeaders } from './middleware/response-headers.ts'
import { coloOf } from './request/country.ts'
import type { SocketGateway } from './request/websocket.ts'
import type { Contract } from './routing/contract.ts'
import { createRouter } from './routing/router.ts'

interface Dependencies {
  readonly context: Context
  readonly sockets: SocketGateway
}

export type RequestHandler = (request: Request, dependencies: Dependencies) => Promise<Response>

/** Set by Cloudflare, which replaces whatever a client sends. */
const CLIENT_ADDRESS = 'CF-Connecting-IP'

/** Handles every request: routes it, and adds to every response its request id, CORS and security headers and the log line. */
export const createHandler = (contracts: readonly Contract[]): RequestHandler => {
  const router = createRouter(contracts)
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
    let response: Response
    try {
      response = await context.measured(record.cost, () =>
        context.gates.during(async () =>
          router.fetch(request, {
            context: { ...context, client: clientOf(address), address },
            sockets,
            record,
            presented: { caller: null },
          }),
        ),
      )
    } catch (error) {
      record.fault = describeFault(error)
      response = router.failed(request, record.id)
    }
    const now = context.now()
    logRequest(request.method, response.status, record, now)
    context.count(requestPoint(request.method, response.status, record, now))
    const sent = withHeaders(response, request, record.id, allowedOrigin(request, context.settings.allowedOrigins))
    const showsTiming = record.isStaff || context.settings.showsServerTiming
    if (showsTiming && sent.status !== 101) sent.headers.set('Server-Timing', serverTiming(record, now))
    return sent
  }
}
