import { findBearer } from '../../../src/store/credentials.ts'
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
} from './floor-reads.ts'
import type { Bearer, Floor, FloorEnv } from './floor-request.ts'
import { verify } from './floor-tokens.ts'
import { addRsvp, logIn, logOut, refresh, register, sendMessage } from './floor-writes.ts'
import { statementsOf } from './recorded.ts'

/**
 * The floor: the least that a correct server could do for the requests that the benchmark times. No framework, no
 * validation beyond what the statement needs, no log, no headers but the type; the same token, the same SQL, the same limit
 * by address and the same list of what is revoked, where the contracts want them, the same answers (test/cost/floor.test.ts holds it to them).
 */

const bearerOf = statementsOf({ accountId: 900_001, credentialId: 'a credential' }, (store, asked) => findBearer(store, asked))

const SIGNED_IN: Record<string, Floor<Bearer>> = {
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

const ANYONE: Record<string, Floor<null>> = {
  'POST /api/token/refresh/': refresh,
  'POST /login/': logIn,
  'POST /register/': register,
}

const refused = () => Response.json({ detail: 'Invalid token.' }, { status: 401 })

const signedIn = async ({ request, env, ...asked }: Asked, answer: Floor<Bearer>): Promise<Response> => {
  const [, token = ''] = (request.headers.get('Authorization') ?? '').split(' ')
  const claims = await verify(token, env.JWT_SECRET)
  if (!claims || claims.token_type === 'refresh') return refused()
  const credentialId = claims.pair ?? claims.jti
  const [[row] = []] = await bearerOf(env.DB, { accountId: Number(claims.sub), credentialId })
  const bearer = row && accountOf(row)
  if (!bearer?.isActive || bearer.credentialId === null) return refused()
  return answer({ request, env, ...asked, bearer })
}

type Asked = Omit<Parameters<Floor<null>>[0], 'bearer'>

export const floor = async (request: Request, env: FloorEnv, execution: Pick<ExecutionContext, 'waitUntil'>): Promise<Response> => {
  const url = new URL(request.url)
  const asked: Asked = { request, env, url, later: (work) => execution.waitUntil(work) }
  const route = `${request.method} ${url.pathname}`
  const member = SIGNED_IN[route] ?? (url.pathname.startsWith('/api/v1/user/') ? recoveryMe : undefined)
  if (member) return signedIn(asked, member)
  const guest = ANYONE[route]
  if (!guest) return new Response(null, { status: 404 })
  const { success } = await env.ADDRESS_LIMIT.limit({ key: request.headers.get('CF-Connecting-IP') ?? 'local' })
  return success ? guest({ ...asked, bearer: null }) : new Response(null, { status: 429 })
}

export default { fetch: floor } satisfies ExportedHandler<FloorEnv>
