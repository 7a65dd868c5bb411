import {
  facilityMe,
  friends,
  matrimonyMe,
  meetupsMe,
  mindharmonyMe,
  people,
  plans,
  practiceSessions,
  recoveryMe,
} from './baseline-reads.ts'
import type { Baseline, BaselineEnv, Claimed } from './baseline-request.ts'
import { verify } from './baseline-tokens.ts'
import { addRsvp, logIn, logOut, refresh, register, sendMessage } from './baseline-writes.ts'

/**
 * The baseline: the least work that a correct server must do for the measured requests. It has no framework, no validation
 * beyond what the statements need, no log, and no response headers but the content type. It checks the same tokens, runs the
 * same SQL, applies the same rate limit by address and the same revocation list where the contracts require them, and sends
 * the same responses (test/cost/baseline.test.ts checks this).
 */

const MEMBER_ROUTES: Record<string, Baseline<Claimed>> = {
  'GET /user-details/': mindharmonyMe,
  'GET /api/users/me/': facilityMe,
  'GET /users/byId/': matrimonyMe,
  'GET /api/profile/': meetupsMe,
  'GET /session/': practiceSessions,
  'GET /api/plans': plans,
  'GET /api/friends/': friends,
  'GET /api/users/': people,
  'POST /api/rsvp/add': addRsvp,
  'POST /message/': sendMessage,
  'POST /user/logout/': logOut,
}

const PUBLIC_ROUTES: Record<string, Baseline<null>> = {
  'POST /api/token/refresh/': refresh,
  'POST /login/': logIn,
  'POST /register/': register,
}

const unauthorized = () => Response.json({ detail: 'Invalid token.' }, { status: 401 })

/** Quotas are high, and no measured account reaches one. Like the contracts, the baseline counts before it answers. */
const handleMember = async ({ request, env, ...rest }: PublicRequest, handler: Baseline<Claimed>): Promise<Response> => {
  const [, token = ''] = (request.headers.get('Authorization') ?? '').split(' ')
  const claims = await verify(token, env.JWT_SECRET)
  if (!claims || claims.token_type === 'refresh') return unauthorized()
  try {
    const caller = { accountId: Number(claims.sub), credentialId: claims.pair ?? claims.jti }
    return await handler({ request, env, ...rest, caller })
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    if (message.includes('caller:over-quota')) return Response.json({ detail: 'Request was throttled.' }, { status: 429 })
    if (message.includes('caller:')) return unauthorized()
    throw error
  }
}

type PublicRequest = Omit<Parameters<Baseline<null>>[0], 'caller'>

export const serveBaseline = async (
  request: Request,
  env: BaselineEnv,
  execution: Pick<ExecutionContext, 'waitUntil'>,
): Promise<Response> => {
  const url = new URL(request.url)
  const publicRequest: PublicRequest = { request, env, url, waitUntil: (work) => execution.waitUntil(work) }
  const route = `${request.method} ${url.pathname}`
  const memberHandler = MEMBER_ROUTES[route] ?? (url.pathname.startsWith('/api/v1/user/') ? recoveryMe : undefined)
  if (memberHandler) return handleMember(publicRequest, memberHandler)
  const publicHandler = PUBLIC_ROUTES[route]
  if (!publicHandler) return new Response(null, { status: 404 })
  const { success } = await env.ADDRESS_LIMIT.limit({ key: request.headers.get('CF-Connecting-IP') ?? 'local' })
  return success ? publicHandler({ ...publicRequest, caller: null }) : new Response(null, { status: 429 })
}

export default { fetch: serveBaseline } satisfies ExportedHandler<BaselineEnv>
