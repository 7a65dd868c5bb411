import { createRoute, z } from '@hono/zod-openapi'
import type { MemberContext } from '../../domain/context.ts'
import { block, report, unblock } from '../../domain/matching/block-member.ts'
import { findAllMatches, findMatch, type Match } from '../../domain/matching/find-match.ts'
import { errorResponse, errorTable, ResponseThrown } from '../../http/answers.ts'
import type { Api } from '../../http/api.ts'
import { readBody } from '../../http/bodies.ts'
import { body, Invalid } from '../../http/body.ts'
import { signedIn } from '../../http/credentials.ts'
import { fieldErrors } from '../../http/field-errors.ts'
import { integer, pathId, text } from '../../http/fields.ts'
import { success } from '../../http/responses.ts'
import { errors as commonErrors } from './envelope.ts'
import { Message } from './fields.ts'

const Pair = z.object({
  user1: z.string(),
  user2: z.string(),
  match_score: z.number(),
  status: z.enum(['accepted', 'pending']),
})

const EXAMPLE: z.infer<typeof Pair> = { user1: 'syam', user2: 'anu', match_score: 75.83333333333333, status: 'accepted' }

const Row = z.object({
  user1_id: z.int(),
  user2_id: z.int(),
  match_score: z.number(),
  status: z.enum(['accepted', 'pending']),
})

const toWire = (user1: number, { accountId, score, status }: Match): z.infer<typeof Row> => ({
  user1_id: user1,
  user2_id: accountId,
  match_score: score,
  status,
})

const Users = z.object({
  user1_id: integer({ example: 28, description: "The caller's own." }).optional(),
  user2_id: integer({ example: 16 }).optional(),
})

const LIMIT = 1000

const bothRequired = errorResponse(400, { error: 'Both user1_id and user2_id are required.' })

const errors = errorTable({
  ...commonErrors.table,
  'not-your-match': () => errorResponse(403, { error: 'You are not authorized to perform this action for the specified user1_id.' }),
  'no-profile-of': ({ users }) => errorResponse(404, { error: `Profile not found for user ${users.join(' or ')}.` }),
  'no-preference-of': ({ users }) => errorResponse(404, { error: `Preference not found for user ${users.join(' or ')}.` }),
  'nothing-to-match': () => errorResponse(404, { error: 'User profile or preferences not found.' }),
  'blocks-self': () => errorResponse(400, { error: 'You cannot do this to yourself.' }),
  'not-blocked': () => errorResponse(404, { error: 'This user is not blocked.' }),
})

const matchOf = async (context: MemberContext, given: z.output<typeof Users>): Promise<z.infer<typeof Pair>> => {
  const { user1_id: user1, user2_id: user2 } = given
  if (user1 === undefined || user2 === undefined) throw new ResponseThrown(bothRequired)
  const { usernames, score, status } = errors.unwrap(await findMatch(context, { user1, user2 }))
  return { user1: usernames[0], user2: usernames[1], match_score: score, status }
}

const isBlank = (value: unknown): boolean => value === null || value === ''

/** Ids may stand in the query, in a body, or one in each; a GET with a body is rare, and read where the platform hands it on. */
const usersIn = (...given: unknown[]): z.output<typeof Users> => {
  const named = Object.fromEntries(given.flatMap((one) => Object.entries(Object(one))).filter(([, value]) => !isBlank(value)))
  const read = Users.safeParse(named)
  if (!read.success) throw new Invalid(fieldErrors(read.error.issues))
  return read.data
}

const responses = {
  201: success(Pair, 'How well user2 fits what user1 looks for', EXAMPLE),
  ...errors.responses({ name: 'missing', answer: bothRequired }, 'not-your-match', 'no-profile-of', 'no-preference-of'),
}

const params = z.object({ user_id: pathId({ example: 16 }) })

/** Every /matching/* path of this contract. */
export const matching = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/matching/find-match/',
      summary: 'How well somebody fits what the caller looks for',
      ...signedIn,
      request: { query: z.object({ user1_id: z.string().optional(), user2_id: z.string().optional() }) },
      responses,
    }),
    async (c) => c.json(await matchOf(c.var.context, usersIn(await readBody(c.req.raw), c.req.valid('query'))), 201),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/matching/find-match/',
      summary: 'How well somebody fits what the caller looks for',
      ...signedIn,
      request: {
        query: z.object({ user1_id: z.string().optional(), user2_id: z.string().optional() }),
        body: body(z.object({ user1_id: z.unknown(), user2_id: z.unknown() }).partial()),
      },
      responses,
    }),
    async (c) => c.json(await matchOf(c.var.context, usersIn(c.req.valid('json'), c.req.valid('query'))), 201),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/matching/find-all-matches/',
      summary: 'Who fits best what the caller looks for, best first',
      ...signedIn,
      request: { query: z.object({ limit: integer({ min: 1, max: LIMIT, description: 'How many at most.' }).default(100) }) },
      responses: {
        200: success(z.array(Row), 'The best matches', [
          { user1_id: 28, user2_id: 16, match_score: 88.33333333333333, status: 'accepted' },
        ]),
        ...errors.responses('nothing-to-match'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const found = errors.unwrap(await findAllMatches(context, c.req.valid('query').limit))
      return c.json(
        found.map((match) => toWire(context.actor.account.id, match)),
        200,
      )
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/matching/block/{user_id}/',
      summary: 'Keep somebody away: no messages and no matches, either way',
      ...signedIn,
      request: { params },
      responses: {
        201: success(Message, 'Blocked', { message: 'User blocked successfully' }),
        ...errors.responses('blocks-self', 'no-such-user'),
      },
    }),
    async (c) => {
      errors.unwrap(await block(c.var.context, c.req.valid('param').user_id))
      return c.json({ message: 'User blocked successfully' }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: '/matching/block/{user_id}/',
      summary: "Take the caller's own block back",
      ...signedIn,
      request: { params },
      responses: {
        200: success(Message, 'Unblocked', { message: 'User unblocked successfully' }),
        ...errors.responses('not-blocked'),
      },
    }),
    async (c) => {
      errors.unwrap(await unblock(c.var.context, c.req.valid('param').user_id))
      return c.json({ message: 'User unblocked successfully' }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/matching/report/{user_id}/',
      summary: 'Tell the staff what somebody does',
      ...signedIn,
      request: { params, body: body(z.object({ reason: text({ max: 1000, long: true, example: 'Asks for money.' }) })) },
      responses: {
        201: success(Message, 'Told', { message: 'User reported successfully' }),
        ...errors.responses('blocks-self', 'no-such-user', 'throttled'),
      },
    }),
    async (c) => {
      const { context } = c.var
      errors.unwrap(await report(context, { accountId: c.req.valid('param').user_id, reason: c.req.valid('json').reason }))
      return c.json({ message: 'User reported successfully' }, 201)
    },
  )
}
