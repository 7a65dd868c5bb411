import { QUOTAS, type Quota } from '../../../src/model/quotas.ts'
import { findAccountAndCredential, findAccountAndUseQuota } from '../../../src/store/credentials.ts'
import {
  accountOf,
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
import type { Baseline, BaselineEnv, Bearer } from './baseline-request.ts'
import { verify } from './baseline-tokens.ts'
import { addRsvp, logIn, logOut, refresh, register, sendMessage } from './baseline-writes.ts'
import { statementsOf } from './recorded-statements.ts'

/**
 * The baseline: the least work that a correct server must do for the measured requests. It has no framework, no validation
 * beyond what the statements need, no log, and no response headers but the content type. It checks the same tokens, runs the
 * same SQL, applies the same rate limit by address and the same revocation list where the contracts require them, and sends
 * the same responses (test/cost/baseline.test.ts checks this).
 */

const bearerOf = statementsOf({ accountId: 900_001, credentialId: 'a credential' }, (store, markers) =>
  findAccountAndCredential(store, markers),
)

const bearerWithQuotaOf = statementsOf(
  { accountId: 900_001, credentialId: 'a credential', quota: 'a quota', day: 'a day' },
  (store, { accountId, credentialId, quota, day }) => findAccountAndUseQuota(store, { accountId, credentialId }, quota, day),
)

/** Quotas are high, and no measured account reaches one. Like the contracts, the baseline counts before it answers. */
const QUOTA_ROUTES: Record<string, Quota> = {
  'POST /api/rsvp/add': QUOTAS.rsvps,
  'POST /message/': QUOTAS.messages,
}

const MEMBER_ROUTES: Record<string, Baseline<Bearer>> = {
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

const handleMember = async (
  { request, env, ...rest }: PublicRequest,
  handler: Baseline<Bearer>,
  quota: Quota | undefined,
): Promise<Response> => {
  const [, token = ''] = (request.headers.get('Authorization') ?? '').split(' ')
  const claims = await verify(token, env.JWT_SECRET)
  if (!claims || claims.token_type === 'refresh') return unauthorized()
  const credentialId = claims.pair ?? claims.jti
  const ids = { accountId: Number(claims.sub), credentialId }
  const [[row] = [], [counted] = []] = quota
    ? await bearerWithQuotaOf(env.DB, { ...ids, quota: quota.name, day: new Date().toISOString().slice(0, 10) })
    : await bearerOf(env.DB, ids)
  if (quota && Number(counted?.[0]) > quota.perDay) return Response.json({ detail: 'Request was throttled.' }, { status: 429 })
  const bearer = row && accountOf(row)
  if (!bearer?.isActive || bearer.credentialId === null) return unauthorized()
  return handler({ request, env, ...rest, bearer })
}

type PublicRequest = Omit<Parameters<Baseline<null>>[0], 'bearer'>

export const serveBaseline = async (
  request: Request,
  env: BaselineEnv,
  execution: Pick<ExecutionContext, 'waitUntil'>,
): Promise<Response> => {
  const url = new URL(request.url)
  const publicRequest: PublicRequest = { request, env, url, waitUntil: (work) => execution.waitUntil(work) }
  const route = `${request.method} ${url.pathname}`
  const memberHandler = MEMBER_ROUTES[route] ?? (url.pathname.startsWith('/api/v1/user/') ? recoveryMe : undefined)
  if (memberHandler) return handleMember(publicRequest, memberHandler, QUOTA_ROUTES[route])
  const publicHandler = PUBLIC_ROUTES[route]
  if (!publicHandler) return new Response(null, { status: 404 })
  const { success } = await env.ADDRESS_LIMIT.limit({ key: request.headers.get('CF-Connecting-IP') ?? 'local' })
  return success ? publicHandler({ ...publicRequest, bearer: null }) : new Response(null, { status: 429 })
}

export default { fetch: serveBaseline } satisfies ExportedHandler<BaselineEnv>
