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
import { errors as commonErrors } from './errors.ts'
import { MessageResponse } from './fields.ts'

const PairScore = z.object({
  user1: z.string(),
  user2: z.string(),
  match_score: z.number(),
  status: z.enum(['accepted', 'pending']),
})

const EXAMPLE: z.infer<typeof PairScore> = { user1: 'syam', user2: 'anu', match_score: 75.83333333333333, status: 'accepted' }

const MatchRow = z.object({
  user1_id: z.int(),
  user2_id: z.int(),
  match_score: z.number(),
  status: z.enum(['accepted', 'pending']),
})

const toWire = (user1: number, { accountId, score, status }: Match): z.infer<typeof MatchRow> => ({
  user1_id: user1,
  user2_id: accountId,
  match_score: score,
  status,
})

const UserIds = z.object({
  user1_id: integer({ example: 28, description: "Must be the caller's id." }).optional(),
  user2_id: integer({ example: 16 }).optional(),
})

const MAX_LIMIT = 1000

const missingIds = errorResponse(400, { error: 'Both user1_id and user2_id are required.' })

const errors = errorTable({
  ...commonErrors.table,
  'not-your-match': () => errorResponse(403, { error: 'You are not authorized to perform this action for the specified user1_id.' }),
  'no-profile-of': ({ users }) => errorResponse(404, { error: `Profile not found for user ${users.join(' or ')}.` }),
  'no-preference-of': ({ users }) => errorResponse(404, { error: `Preference not found for user ${users.join(' or ')}.` }),
  'no-profile-or-preference': () => errorResponse(404, { error: 'User profile or preferences not found.' }),
  'target-is-self': () => errorResponse(400, { error: 'You cannot do this to yourself.' }),
  'not-blocked': () => errorResponse(404, { error: 'This user is not blocked.' }),
})

const scorePair = async (context: MemberContext, ids: z.output<typeof UserIds>): Promise<z.infer<typeof PairScore>> => {
  const { user1_id: user1, user2_id: user2 } = ids
  if (user1 === undefined || user2 === undefined) throw new ResponseThrown(missingIds)
  const { usernames, score, status } = errors.unwrap(await findMatch(context, { user1, user2 }))
  return { user1: usernames[0], user2: usernames[1], match_score: score, status }
}

const isBlank = (value: unknown): boolean => value === null || value === ''

/**
 * Reads the two ids from the query, from a body, or one from each. A GET request with a body is rare; the body is read
 * if the platform passes it on.
 */
const parseUserIds = (...sources: unknown[]): z.output<typeof UserIds> => {
  const values = Object.fromEntries(sources.flatMap((source) => Object.entries(Object(source))).filter(([, value]) => !isBlank(value)))
  const parsed = UserIds.safeParse(values)
  if (!parsed.success) throw new Invalid(fieldErrors(parsed.error.issues))
  return parsed.data
}

const responses = {
  201: success(PairScore, "How well user2's profile matches user1's preference", EXAMPLE),
  ...errors.responses({ name: 'missing-ids', answer: missingIds }, 'not-your-match', 'no-profile-of', 'no-preference-of'),
}

const params = z.object({ user_id: pathId({ example: 16 }) })

/** The routes under /matching/. */
export const matching = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/matching/find-match/',
      summary: "Score another user's profile against the caller's preference",
      ...signedIn,
      request: { query: z.object({ user1_id: z.string().optional(), user2_id: z.string().optional() }) },
      responses,
    }),
    async (c) => c.json(await scorePair(c.var.context, parseUserIds(await readBody(c.req.raw), c.req.valid('query'))), 201),
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/matching/find-match/',
      summary: "Score another user's profile against the caller's preference",
      ...signedIn,
      request: {
        query: z.object({ user1_id: z.string().optional(), user2_id: z.string().optional() }),
        body: body(z.object({ user1_id: z.unknown(), user2_id: z.unknown() }).partial()),
      },
      responses,
    }),
    async (c) => c.json(await scorePair(c.var.context, parseUserIds(c.req.valid('json'), c.req.valid('query'))), 201),
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/matching/find-all-matches/',
      summary: "List the profiles that best match the caller's preference, best first",
      ...signedIn,
      request: { query: z.object({ limit: integer({ min: 1, max: MAX_LIMIT, description: 'Maximum number of matches.' }).default(100) }) },
      responses: {
        200: success(z.array(MatchRow), 'The best matches', [
          { user1_id: 28, user2_id: 16, match_score: 88.33333333333333, status: 'accepted' },
        ]),
        ...errors.responses('no-profile-or-preference'),
      },
    }),
    async (c) => {
      const { context } = c.var
      const matches = errors.unwrap(await findAllMatches(context, c.req.valid('query').limit))
      return c.json(
        matches.map((match) => toWire(context.actor.account.id, match)),
        200,
      )
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/matching/block/{user_id}/',
      summary: 'Block a user',
      description: 'A block works in both directions: the two users cannot message each other, and neither is a match for the other.',
      ...signedIn,
      request: { params },
      responses: {
        201: success(MessageResponse, 'Blocked', { message: 'User blocked successfully' }),
        ...errors.responses('target-is-self', 'no-such-user'),
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
      summary: 'Unblock a user',
      description: "Removes the caller's block. A block by the other user stays.",
      ...signedIn,
      request: { params },
      responses: {
        200: success(MessageResponse, 'Unblocked', { message: 'User unblocked successfully' }),
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
      summary: 'Report a user to the staff',
      ...signedIn,
      request: { params, body: body(z.object({ reason: text({ max: 1000, long: true, example: 'Asks for money.' }) })) },
      responses: {
        201: success(MessageResponse, 'Reported', { message: 'User reported successfully' }),
        ...errors.responses('target-is-self', 'no-such-user', 'throttled'),
      },
    }),
    async (c) => {
      const { context } = c.var
      errors.unwrap(await report(context, { accountId: c.req.valid('param').user_id, reason: c.req.valid('json').reason }))
      return c.json({ message: 'User reported successfully' }, 201)
    },
  )
}
