import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import { jwt } from 'hono/jwt'
import { isoTime } from '../../../src/model/time.ts'
import { accounts, practiceProfiles } from '../../../src/store/tables/accounts.ts'
import { credentials } from '../../../src/store/tables/credentials.ts'
import { plans } from '../../../src/store/tables/plans.ts'

/**
 * A simple implementation with the same libraries: Hono with its own JWT middleware, zod-openapi and drizzle, each used as
 * its documentation shows. It uses the same tables and also rejects revoked tokens; it has nothing else of Concord.
 */

interface Starter {
  Bindings: { readonly DB: D1Database; readonly JWT_SECRET: string }
  Variables: { orm: DrizzleD1Database; account: typeof accounts.$inferSelect }
}

const Claims = z.object({ sub: z.string(), jti: z.string() })

const verifyToken = createMiddleware<Starter>((c, next) =>
  jwt({ secret: c.env.JWT_SECRET, alg: 'HS256', verification: { iss: 'concord' } })(c, next),
)

const loadAccount = createMiddleware<Starter>(async (c, next) => {
  const { sub, jti } = Claims.parse(c.get('jwtPayload'))
  const orm = drizzle(c.env.DB)
  const account = await orm
    .select(getTableColumns(accounts))
    .from(accounts)
    .innerJoin(credentials, and(eq(credentials.accountId, accounts.id), eq(credentials.id, jti)))
    .where(and(eq(accounts.id, Number(sub)), eq(accounts.isActive, true)))
    .get()
  if (!account) throw new HTTPException(401)
  c.set('orm', orm)
  c.set('account', account)
  await next()
})

const Plan = z
  .object({
    _id: z.string(),
    title: z.string(),
    description: z.string(),
    location: z.object({
      name: z.string().optional(),
      address1: z.string(),
      address2: z.string().optional(),
      city: z.string(),
      state: z.string(),
      zipcode: z.string(),
    }),
    start_time: z.string().optional(),
    end_time: z.string(),
    created_by: z.string(),
  })
  .openapi('Plan')

const Me = z
  .object({
    user: z.object({ id: z.number(), username: z.string(), email: z.string() }),
    bio: z.string(),
    profile_picture: z.string().nullable(),
    created_at: z.string(),
  })
  .openapi('Me')

const app = new OpenAPIHono<Starter>()
app.use('/plans', verifyToken, loadAccount)
app.use('/me', verifyToken, loadAccount)

app.openapi(
  createRoute({
    method: 'get',
    path: '/plans',
    request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(20) }) },
    responses: { 200: { description: 'The plans', content: { 'application/json': { schema: z.array(Plan) } } } },
  }),
  async (c) => {
    const rows = await c.var.orm
      .select({ plan: plans, createdBy: accounts.objectId })
      .from(plans)
      .innerJoin(accounts, eq(accounts.id, plans.creatorId))
      .where(eq(plans.visibility, 'public'))
      .orderBy(asc(plans.id))
      .limit(c.req.valid('query').limit)
    return c.json(
      rows.map(({ plan: { id, title, description, location, startTime, endTime }, createdBy }) => ({
        _id: id,
        title,
        description,
        location,
        ...(startTime !== null && { start_time: isoTime(startTime) }),
        end_time: isoTime(endTime),
        created_by: createdBy,
      })),
      200,
    )
  },
)

app.openapi(
  createRoute({
    method: 'get',
    path: '/me',
    responses: { 200: { description: 'The caller', content: { 'application/json': { schema: Me } } } },
  }),
  async (c) => {
    const { id, username, email, profilePicture, createdAt } = c.var.account
    const profile = await c.var.orm.select().from(practiceProfiles).where(eq(practiceProfiles.accountId, id)).get()
    return c.json(
      { user: { id, username, email }, bio: profile?.bio ?? '', profile_picture: profilePicture, created_at: isoTime(createdAt) },
      200,
    )
  },
)

app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Starter', version: '1' } })

export default app
