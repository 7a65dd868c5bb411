import * as z from 'zod/mini'
import { eraseOwnAccount } from '../domain/accounts/erase.ts'
import { exportOwnData } from '../domain/accounts/export.ts'
import { join } from '../domain/accounts/join.ts'
import { readOwnTrail } from '../domain/audit.ts'
import { textStream } from '../domain/text-stream.ts'
import { choice, integer, text } from '../http/request/fields.ts'
import { cursorOf, encodeCursor } from '../http/request/paging.ts'
import { errorResponse, errorTable, NOT_FOUND, throttled } from '../http/response/errors.ts'
import { pageResponse } from '../http/response/html.ts'
import { JSON_TYPE, ok } from '../http/response/specs.ts'
import { anyone, member, memberRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { usernameIn } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import { CONTRACTS } from '../model/contract.ts'
import type { JoinProblem } from '../model/joining.ts'
import { QUOTAS } from '../model/quotas.ts'
import { isoTime } from '../model/time.ts'
import { PAGE_POLICY } from './pages.ts'

const Entry = z.object({
  id: z.int(),
  at: z.string(),
  action: z.string(),
  by: z.object({ role: z.string(), username: z.nullable(z.string()), is_you: z.boolean() }),
  address: z.nullable(z.string()),
  credential: z.nullable(z.string()),
  detail: z.string(),
})

const entryToWire = (entry: AuditEntry): z.infer<typeof Entry> => ({
  id: entry.id,
  at: isoTime(entry.at),
  action: entry.action,
  by: { role: entry.role, username: entry.actorName, is_you: entry.actorId === entry.subjectId },
  address: entry.address,
  credential: entry.credentialId,
  detail: entry.detail,
})

const listTrail = route({
  method: 'GET',
  path: '/account/audit',
  access: member,
  query: z.object({ limit: z._default(integer({ min: 1, max: 500 }), 100), cursor: z.optional(cursorOf(z.int())) }),
  responses: { 200: ok(z.object({ entries: z.array(Entry), next: z.nullable(z.string()) })) },
  handle: async ({ context, query: { limit, cursor = null } }) => {
    const { items, next } = await readOwnTrail(context, cursor, limit)
    return {
      status: 200,
      body: { entries: items.map(entryToWire), next: next === null ? null : encodeCursor(next) },
      headers: { 'Cache-Control': 'no-store' },
    }
  },
})

const exportData = route({
  method: 'GET',
  path: '/account/export',
  access: member,
  // It is recorded and has a quota: a link on another site must not use it up.
  changesState: true,
  quota: QUOTAS.exports,
  responses: {},
  handle: async ({ context }) => {
    const { accountId, texts } = errors.unwrap(await exportOwnData(context))
    return {
      response: new Response(textStream(texts), {
        headers: {
          'Content-Type': JSON_TYPE,
          'Content-Disposition': `attachment; filename="concord-${accountId}.json"`,
          'Cache-Control': 'no-store',
        },
      }),
    }
  },
})

const joinRefusal = (problem: JoinProblem): string => {
  if (typeof problem === 'object') return `Both accounts are used in ${problem.both}.`
  return {
    'same-account': 'This is the same account.',
    staff: 'Accounts of staff cannot be joined.',
    blocked: 'One of the accounts has blocked the other one.',
    'recovery-is-kept': 'The other account is used in recovery, so it is the one that is kept: log in to it, and join this one to it.',
    moving: 'The people of this contract are still moving in. Please try again later.',
    changed: 'One of the accounts has changed meanwhile. Please try again.',
  }[problem]
}

const errors = errorTable({
  'not-found': () => NOT_FOUND,
  'wrong-password': () => errorResponse(400, { password: ['The password is wrong.'] }),
  'invalid-credentials': () => errorResponse(400, { other_password: ['There is no account with this username and password.'] }),
  inactive: () => errorResponse(409, { detail: 'The other account is closed.' }),
  'not-joinable': ({ problem }) => errorResponse(409, { detail: joinRefusal(problem) }),
  throttled: ({ seconds }) => throttled(seconds),
})

const typedPassword = text({ max: 1024, exact: true, format: 'password' })

const Removed = z.object({
  // By table. The only `z.record` would add half a KiB to the Worker.
  rows: z.catchall(z.object({}), z.int()),
  alarm_rows: z.int(),
  conversation_rows: z.int(),
  desk_events: z.int(),
  pictures: z.int(),
  files: z.int(),
})

const eraseAccount = route({
  method: 'POST',
  path: '/account/erase',
  access: memberRateLimited,
  body: z.object({ password: typedPassword }),
  responses: {
    200: ok(z.object({ erased: z.string(), removed: Removed })),
    ...errors.responses('wrong-password', 'throttled'),
  },
  handle: async ({ context, body }) => {
    const { username, rows, alarms, conversation, deskEvents, pictures, files } = errors.unwrap(
      await eraseOwnAccount(context, body.password),
    )
    const removed = { rows, alarm_rows: alarms, conversation_rows: conversation, desk_events: deskEvents, pictures, files }
    return { status: 200, body: { erased: username, removed } }
  },
})

const showJoin = route({
  method: 'GET',
  path: '/account/join',
  access: anyone,
  responses: {},
  handle: async ({ context }) => ({ response: await pageResponse(context, 'join', PAGE_POLICY) }),
})

const joinOther = route({
  method: 'POST',
  path: '/account/join',
  access: memberRateLimited,
  quota: QUOTAS.accountChanges,
  body: z.object({ password: typedPassword, contract: choice(CONTRACTS), username: text(), other_password: typedPassword }),
  responses: {
    200: ok(z.object({ usernames: z.record(z.string(), z.string()) })),
    ...errors.responses('wrong-password', 'invalid-credentials', 'inactive', 'not-joinable', 'throttled'),
  },
  handle: async ({ context, body: { password, contract, username, other_password } }) => {
    const account = errors.unwrap(await join(context, { password, other: { contract, username, password: other_password } }))
    return { status: 200, body: { usernames: Object.fromEntries(CONTRACTS.map((name) => [name, usernameIn(name, account)])) } }
  },
})

/** Every /account/* path: what a person may do with their own data, whichever contract they use. */
export const accountRoutes = [listTrail, exportData, eraseAccount, showJoin, joinOther]
