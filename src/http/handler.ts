import type { Context } from '../domain/context.ts'
import { clientOf } from '../model/client.ts'
import { describeFault, logRequest, type RequestRecord } from './middleware/access-log.ts'
import { allowedOrigin, requestIdOf, withHeaders } from './middleware/response-headers.ts'
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
      fault: null,
    }
    const address = request.headers.get(CLIENT_ADDRESS)
    let response: Response
    try {
      response = await router.fetch(request, {
        context: { ...context, client: clientOf(address), address },
        sockets,
        record,
        presented: { caller: null },
      })
    } catch (error) {
      record.fault = describeFault(error)
      response = router.failed(request, record.id)
    }
    logRequest(request.method, response.status, record, context.now())
    return withHeaders(response, request, record.id, allowedOrigin(request, context.settings.allowedOrigins))
  }
}
