import * as z from 'zod/mini'
import type { StaffContext } from '../domain/access.ts'
import { numberIn } from '../domain/numbers.ts'
import { readReports } from '../domain/support/watch.ts'
import { integer } from '../http/request/fields.ts'
import { cursorOf, encodeCursor } from '../http/request/paging.ts'
import { documented } from '../http/response/documented.ts'
import { ok } from '../http/response/specs.ts'
import { route } from '../http/routing/route.ts'
import type { MemberReport } from '../model/report.ts'
import { isoTime } from '../model/time.ts'
import { FORBIDDEN, staffOnly } from './access.ts'
import { errors } from './errors.ts'

const Account = z.object({ id: z.int(), username: z.string() })

const Report = documented(z.object({ id: z.int(), reporter: Account, reported: Account, reason: z.string(), created_at: z.string() }), {
  id: 'MemberReport',
})

/** Reports are about members of matrimony. */
const numberOf = numberIn('matrimony')

const toWire = (
  context: StaffContext,
  { id, reporterId, reporter, reportedId, reported, reason, createdAt }: MemberReport,
): z.infer<typeof Report> => ({
  id,
  reporter: { id: numberOf(context, reporterId), username: reporter },
  reported: { id: numberOf(context, reportedId), username: reported },
  reason,
  created_at: isoTime(createdAt),
})

const listReports = route({
  method: 'GET',
  path: '/console/api/reports/',
  access: staffOnly,
  query: z.object({ limit: z._default(integer({ min: 1, max: 200 }), 50), cursor: z.optional(cursorOf(z.int())) }),
  responses: {
    200: ok(z.object({ reports: z.array(Report), next: z.nullable(z.string()) })),
    ...errors.responses(FORBIDDEN),
  },
  handle: async ({ context, query }) => {
    const { limit, cursor = null } = query
    const { items, next } = await readReports(context, cursor, limit)
    return {
      status: 200,
      body: { reports: items.map((report) => toWire(context, report)), next: next === null ? null : encodeCursor(next) },
    }
  },
})

/** Every /console/api/reports/ path: the reports that members have filed about other members. */
export const reportRoutes = [listReports]
