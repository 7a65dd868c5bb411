import { createHmac, timingSafeEqual } from 'node:crypto'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import fastify, { type FastifyRequest } from 'fastify'
import { isoTime } from '../../../src/model/time.ts'

/**
 * For comparison: three of the read operations, served by one Node process that has its database in the same process and
 * needs no network for it. Fastify with response schemas, `node:sqlite`, and statements that are prepared once; with the same
 * tables and the same check of the same tokens.
 */

type Row = Readonly<Record<string, SQLOutputValue>>

const { DATABASE = '', JWT_SECRET = '' } = process.env
const database = new DatabaseSync(DATABASE)
database.exec('PRAGMA journal_mode = WAL')

const bearer = database.prepare(
  `SELECT accounts.id, username, email, profile_picture, accounts.created_at FROM accounts
   JOIN credentials ON credentials.id = ? AND credentials.account_id = accounts.id WHERE accounts.id = ? AND is_active`,
)
const practiceProfile = database.prepare('SELECT bio FROM practice_profiles WHERE account_id = ?')
const practiceSessions = database.prepare(
  'SELECT id, name, date, duration FROM practice_sessions WHERE account_id = ? ORDER BY date DESC, id DESC LIMIT ?',
)
const plans = database.prepare(
  `SELECT plans.id, title, description, location, start_time, end_time, object_id FROM plans JOIN accounts ON accounts.id = creator_id
   WHERE visibility = 'public' ORDER BY plans.id LIMIT ?`,
)

const decodePart = (encoded: string) => JSON.parse(Buffer.from(encoded, 'base64url').toString())

const claimsOf = (authorization: string) => {
  const [, token = ''] = authorization.split(' ')
  const [header = '', payload = '', signature = ''] = token.split('.')
  const expected = createHmac('sha256', JWT_SECRET).update(`${header}.${payload}`).digest()
  const actual = Buffer.from(signature, 'base64url')
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return null
  const claims: { sub: string; jti: string; iss: string; exp: number; token_type: string } = decodePart(payload)
  return claims.iss === 'concord' && claims.exp > Date.now() / 1000 && claims.token_type === 'token' ? claims : null
}

declare module 'fastify' {
  interface FastifyRequest {
    account: Row | null
  }
}

const app = fastify()
app.decorateRequest('account', null)
app.addHook('onRequest', async (request, reply) => {
  const claims = claimsOf(request.headers.authorization ?? '')
  const account = claims && bearer.get(claims.jti, Number(claims.sub))
  if (!account) return reply.code(401).send({ detail: 'Invalid token.' })
  request.account = account
})

const accountOf = ({ account }: FastifyRequest): Row => {
  if (!account) throw new Error('the hook did not set the account')
  return account
}

const text = { type: 'string' } as const
const number = { type: 'number' } as const
const object = (properties: object) => ({ type: 'object', properties })
const listOf = (properties: object) => ({ type: 'array', items: object(properties) })

const me = object({
  user: object({ id: number, username: text, email: text }),
  bio: text,
  profile_picture: { type: 'string', nullable: true },
  created_at: text,
})

app.get('/user-details/', { schema: { response: { 200: me } } }, async (request) => {
  const { id = 0, username, email, profile_picture, created_at } = accountOf(request)
  const bio = practiceProfile.get(id)?.bio ?? ''
  return { user: { id, username, email }, bio, profile_picture, created_at: isoTime(Number(created_at)) }
})

const querystring = object({ limit: { type: 'integer', minimum: 1, maximum: 1000, default: 1000 } })
interface Page {
  Querystring: { readonly limit: number }
}

const session = { id: number, name: text, date: text, duration: number }

app.get<Page>('/session/', { schema: { querystring, response: { 200: listOf(session) } } }, async (request) =>
  practiceSessions.all(accountOf(request).id ?? 0, request.query.limit),
)

const plan = {
  _id: text,
  title: text,
  description: text,
  location: object({ name: text, address1: text, address2: text, city: text, state: text, zipcode: text }),
  start_time: text,
  end_time: text,
  created_by: text,
}

app.get<Page>('/api/plans', { schema: { querystring, response: { 200: listOf(plan) } } }, async ({ query }) =>
  plans.all(query.limit).map(({ id, title, description, location, start_time, end_time, object_id }) => ({
    _id: id,
    title,
    description,
    location: JSON.parse(String(location)),
    ...(start_time !== null && { start_time: isoTime(Number(start_time)) }),
    end_time: isoTime(Number(end_time)),
    created_by: object_id,
  })),
)

const address = await app.listen({ host: '127.0.0.1', port: 0 })
// Sends the port to the parent process, and exits when the parent has ended.
process.on('disconnect', () => process.exit())
process.send?.(Number(new URL(address).port))
