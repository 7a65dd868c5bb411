import { createRoute, z } from '@hono/zod-openapi'
import { type MemberReport, readReports } from '../domain/support/watch.ts'
import type { Api } from '../http/api.ts'
import { signedIn } from '../http/credentials.ts'
import { integer } from '../http/fields.ts'
import { cursorOf, cursorText } from '../http/paging.ts'
import { success } from '../http/responses.ts'
import { isoTime } from '../http/times.ts'
import { errors } from './errors.ts'

const Account = z.object({ id: z.int(), username: z.string() })

const Report = z
  .object({ id: z.int(), reporter: Account, reported: Account, reason: z.string(), created_at: z.string() })
  .openapi('MemberReport')

const toWire = ({ id, reporterId, reporter, reportedId, reported, reason, createdAt }: MemberReport): z.infer<typeof Report> => ({
  id,
  reporter: { id: reporterId, username: reporter },
  reported: { id: reportedId, username: reported },
  reason,
  created_at: isoTime(createdAt),
})

/** Every /console/api/reports/ path: the reports that members have filed about other members. */
export const reports = (api: Api): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/console/api/reports/',
      summary: 'List the reports about members, newest first',
      ...signedIn,
      request: { query: z.object({ limit: integer({ min: 1, max: 200 }).default(50), cursor: cursorOf(z.int()).optional() }) },
      responses: {
        200: success(z.object({ reports: z.array(Report), next: z.string().nullable() }), 'The reports'),
        ...errors.responses('forbidden'),
      },
    }),
    async (c) => {
      const { limit, cursor = null } = c.req.valid('query')
      const page = errors.unwrap(await readReports(c.var.context, cursor, limit))
      return c.json({ reports: page.items.map(toWire), next: page.next === null ? null : cursorText(page.next) }, 200)
    },
  )
}
