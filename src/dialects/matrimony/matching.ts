import * as z from 'zod/mini'
import type { MemberContext } from '../../domain/access.ts'
import { block, report, unblock } from '../../domain/matching/block-member.ts'
import { findAllMatches, findMatch } from '../../domain/matching/find-match.ts'
import { BODY_ERRORS } from '../../http/request/body.ts'
import { fieldErrors, InvalidRequestError } from '../../http/request/field-errors.ts'
import { integer, pathId, text } from '../../http/request/fields.ts'
import { documented } from '../../http/response/documented.ts'
import { errorResponse, errorTable, HttpError } from '../../http/response/errors.ts'
import { ok } from '../../http/response/specs.ts'
import { member } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import type { Match } from '../../model/matching.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { errors as commonErrors } from './errors.ts'
import { MessageResponse } from './fields.ts'
import { numberOf } from './numbers.ts'

const PairScore = documented(
  z.object({
    user1: z.string(),
    user2: z.string(),
    match_score: z.number(),
    status: z.enum(['accepted', 'pending']),
  }),
  { id: 'MatchScore' },
)

const MatchRow = documented(
  z.object({
    user1_id: z.int(),
    user2_id: z.int(),
    match_score: z.number(),
    status: z.enum(['accepted', 'pending']),
  }),
  { id: 'Match' },
)

const toWire = (context: MemberContext, { accountId, score, status }: Match): z.infer<typeof MatchRow> => ({
  user1_id: numberOf(context, context.actor.account.id),
  user2_id: numberOf(context, accountId),
  match_score: score,
  status,
})

const UserIds = z.object({
  user1_id: z.optional(integer()),
  user2_id: z.optional(integer()),
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
  if (user1 === undefined || user2 === undefined) throw new HttpError(missingIds)
  const { usernames, score, status } = errors.unwrap(
    await findMatch(context, { user1: numberOf(context, user1), user2: numberOf(context, user2) }),
  )
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
  if (!parsed.success) throw new InvalidRequestError(fieldErrors(parsed.error.issues))
  return parsed.data
}

/** An id from the query. `parseUserIds` reads it, together with those from the body. */
const queryId = () => documented(z.optional(z.string()), { type: 'integer' })
const UserIdQuery = z.object({ user1_id: queryId(), user2_id: queryId() })

/** The same from the body, where an id may be anything until it is read. */
const bodyId = () => documented(z.optional(z.unknown()), { type: 'integer' })
const UserIdBody = z.object({ user1_id: bodyId(), user2_id: bodyId() })

const scoreResponses = {
  201: ok(PairScore),
  ...errors.responses(
    { name: 'missing-ids', response: missingIds },
    { name: 'invalid-ids', response: errorResponse(400, { user1_id: ['A valid integer is required.'] }) },
    'not-your-match',
    'no-profile-of',
    'no-preference-of',
    ...BODY_ERRORS, // a GET request may have a body, too
  ),
}

const scoreMatch = route({
  method: 'GET',
  path: '/matching/find-match/',
  operationId: 'scoreMatch',
  summary: "Score another user's profile against the caller's preference",
  access: member,
  quota: QUOTAS.matches,
  changesState: true,
  query: UserIdQuery,
  responses: scoreResponses,
  handle: async ({ context, query, readRawBody }) => ({
    status: 201,
    body: await scorePair(context, parseUserIds(await readRawBody(), query)),
  }),
})

const scoreMatchFromBody = route({
  method: 'POST',
  path: '/matching/find-match/',
  operationId: 'scoreMatchByPost',
  summary: "Score another user's profile against the caller's preference",
  access: member,
  quota: QUOTAS.matches,
  query: UserIdQuery,
  body: UserIdBody,
  responses: scoreResponses,
  handle: async ({ context, body, query }) => ({ status: 201, body: await scorePair(context, parseUserIds(body, query)) }),
})

const listBestMatches = route({
  method: 'GET',
  path: '/matching/find-all-matches/',
  operationId: 'listBestMatches',
  summary: "List the profiles that best match the caller's preference, best first",
  access: member,
  query: z.object({ limit: z._default(integer({ min: 1, max: MAX_LIMIT }), 100) }),
  responses: {
    200: ok(z.array(MatchRow)),
    ...errors.responses('no-profile-or-preference'),
  },
  handle: async ({ context, query }) => {
    const matches = errors.unwrap(await findAllMatches(context, query.limit))
    return { status: 200, body: matches.map((match) => toWire(context, match)) }
  },
})

const params = z.object({ user_id: pathId() })

const blockUser = route({
  method: 'POST',
  path: '/matching/block/{user_id}/',
  operationId: 'blockUser',
  summary: 'Block a user',
  access: member,
  quota: QUOTAS.blocks,
  params,
  responses: {
    201: ok(MessageResponse),
    ...errors.responses('target-is-self', 'no-such-user'),
  },
  handle: async ({ context, params }) => {
    errors.unwrap(await block(context, numberOf(context, params.user_id)))
    return { status: 201, body: { message: 'User blocked successfully' } }
  },
})

const unblockUser = route({
  method: 'DELETE',
  path: '/matching/block/{user_id}/',
  operationId: 'unblockUser',
  summary: 'Unblock a user',
  access: member,
  params,
  responses: {
    200: ok(MessageResponse),
    ...errors.responses('not-blocked'),
  },
  handle: async ({ context, params }) => {
    errors.unwrap(await unblock(context, numberOf(context, params.user_id)))
    return { status: 200, body: { message: 'User unblocked successfully' } }
  },
})

const reportUser = route({
  method: 'POST',
  path: '/matching/report/{user_id}/',
  operationId: 'reportUser',
  summary: 'Report a user to the staff',
  access: member,
  quota: QUOTAS.reports,
  params,
  body: z.object({ reason: text({ max: 1000, long: true }) }),
  responses: {
    201: ok(MessageResponse),
    ...errors.responses('target-is-self', 'no-such-user', 'throttled'),
  },
  handle: async ({ context, params, body }) => {
    errors.unwrap(await report(context, { accountId: numberOf(context, params.user_id), reason: body.reason }))
    return { status: 201, body: { message: 'User reported successfully' } }
  },
})

/** The routes under /matching/. */
export const matchingRoutes = [scoreMatch, scoreMatchFromBody, listBestMatches, blockUser, unblockUser, reportUser]
