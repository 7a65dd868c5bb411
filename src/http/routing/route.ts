import { zValidator } from '@hono/zod-validator'
import type { Handler, Context as HonoContext, MiddlewareHandler } from 'hono'
import type * as z from 'zod/mini'
import type { Context } from '../../domain/context.ts'
import type { Quota } from '../../model/quotas.ts'
import { type BodyOptions, type BodySchema, bodyReader, validBody } from '../request/body.ts'
import { fieldErrors, InvalidRequestError } from '../request/field-errors.ts'
import type { SocketGateway } from '../request/websocket.ts'
import { type EmptySuccess, JSON_TYPE, type ResponseSpecs, type Success } from '../response/specs.ts'
import type { Access } from './access.ts'
import type { AppEnv } from './app-env.ts'
import { OtherFlagsError } from './caller.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface HandlerInput<C, B, Q, P> {
  readonly context: C
  readonly body: B
  readonly query: Q
  readonly params: P
  readonly request: Request
  /** For a route without a schema of its body. */
  readonly readRawBody: () => Promise<unknown>
  readonly sockets: SocketGateway
}

interface Reply<Status, Body> {
  readonly status: Status
  readonly body: Body
  readonly headers?: Readonly<Record<string, string>>
}

/** A response that the handler wrote itself: a stream, or the 101 of a WebSocket. */
interface RawReply {
  readonly response: Response
}

/** What a handler may return: one of its route's successes, or a raw response. */
type HandlerResult<R> =
  | { [S in keyof R]: R[S] extends Success<infer B> ? Reply<S, z.input<B>> : R[S] extends EmptySuccess ? Reply<S, null> : never }[keyof R]
  | RawReply

/** The description of a route: the router, the documents and the tests read it. */
interface RouteDescription<R extends ResponseSpecs = ResponseSpecs> {
  readonly method: Method
  /** Whole and literal, as the contract's document spells it: `/api/plans/{plan_id}/edit`. */
  readonly path: string
  /** The name of the operation in its document, from which generated clients take the names of their functions. Our own pages have none. */
  readonly operationId?: string
  /** For a route of a contract. Its further texts are in src/documents/, outside of the Worker. */
  readonly summary?: string
  readonly responses: R
  /**
   * Set for a GET route that changes something all the same. Then a HEAD request runs no handler, and a cookie does not
   * count if another site sent the request. Every other method counts as changing.
   */
  readonly changesState?: boolean
  /** How often an account may send this request in a day. For every route that creates something. */
  readonly quota?: Quota
  /** For the document only: a JSON body that is not an object, which the handler reads itself. */
  readonly rawBody?: z.ZodMiniType
}

interface RouteSpec<C extends Context, B extends BodySchema, Q extends z.ZodMiniType, P extends z.ZodMiniType, R extends ResponseSpecs>
  extends RouteDescription<R> {
  readonly access: Access<C>
  readonly body?: B
  readonly bodyOptions?: BodyOptions<C>
  readonly query?: Q
  readonly params?: P
  readonly handle: (
    input: HandlerInput<C, z.output<B>, z.output<Q>, z.output<P>>,
  ) => HandlerResult<NoInfer<R>> | Promise<HandlerResult<NoInfer<R>>>
}

export interface Route extends Omit<RouteDescription, 'quota'> {
  readonly changesState: boolean
  readonly quota: Quota | null
  readonly access: Access
  readonly body: BodySchema | null
  readonly bodyOptions: Pick<BodyOptions, 'invalid'>
  readonly query: z.ZodMiniType | null
  readonly params: z.ZodMiniType | null
  /** In this order: access, body, query, path parameters, and the handler. */
  readonly handlers: readonly MiddlewareHandler[]
}

const rejectInvalid = (result: { success: true } | { success: false; error: { issues: readonly z.core.$ZodIssue[] } }): void => {
  if (!result.success) throw new InvalidRequestError(fieldErrors(result.error.issues))
}

const toHttp = ({ status, body, headers }: Reply<unknown, unknown>, specs: ResponseSpecs): Response => {
  const spec = specs[Number(status)]
  const contentType = spec && 'contentType' in spec ? spec.contentType : null
  const isJson = contentType === null || contentType === JSON_TYPE
  const text = body === null ? null : isJson ? JSON.stringify(body) : String(body)
  return new Response(text, {
    status: Number(status),
    headers: { ...(contentType !== null && { 'Content-Type': contentType }), ...headers },
  })
}

/** Declares a route. Go from here to the verb: `handle` is the only code between the validated request and the core. */
export const route = <
  C extends Context,
  R extends ResponseSpecs,
  B extends BodySchema = never,
  Q extends z.ZodMiniType = never,
  P extends z.ZodMiniType = never,
>(
  spec: RouteSpec<C, B, Q, P, R>,
): Route => {
  type Env = AppEnv & { Variables: { context: C; body: z.output<B> } }
  type Valid = { out: { query: z.output<Q>; param: z.output<P> } }
  const { access, body, bodyOptions = {}, query, params, handle, ...description } = spec
  const { changesState = spec.method !== 'GET', quota = null } = spec

  type RouteContext = Pick<HonoContext<Env>, 'env' | 'req' | 'set'>

  const authorizeContext = async (c: RouteContext): Promise<void> => {
    c.set('context', await access.authorize(c, { changesState, quota }))
  }

  /** Repeats the work if the account has other flags than assumed. Nothing was written, and nothing was shown. */
  const withRightFlags = async <T>(c: RouteContext, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (thrown) {
      const error = thrown instanceof Error ? await c.env.presented.caller?.errorInsteadOf(thrown) : null
      if (!(error instanceof OtherFlagsError)) throw thrown
      await authorizeContext(c)
      return work()
    }
  }

  const authorize: MiddlewareHandler<Env> = async (c, next) => {
    await authorizeContext(c)
    await next()
  }

  const validateBody =
    (schema: B): MiddlewareHandler<Env> =>
    async (c, next) => {
      const read = bodyReader(c.req.raw, c.env.largeBody, bodyOptions.limit)
      const validate = () => validBody(schema, bodyOptions, read, c.var.context, () => c.req.param())
      c.set('body', await withRightFlags(c, validate))
      await next()
    }

  const respond: Handler<Env, string, Valid> = async (c) => {
    const readRawBody = bodyReader(c.req.raw, c.env.largeBody)
    const work = async () => {
      // HEAD is routed to GET. Proxies and link previews send it, and it must not change anything.
      const isRead = !(changesState && c.req.method === 'HEAD')
      const result = isRead
        ? await handle({
            context: c.var.context,
            body: c.var.body,
            query: c.req.valid('query'),
            params: c.req.valid('param'),
            request: c.req.raw,
            readRawBody,
            sockets: c.env.sockets,
          })
        : null
      // A verb that sent no statement has not checked the caller.
      await c.env.presented.caller?.check()
      return result
    }
    const result = await withRightFlags(c, work)
    if (!result) return new Response(null)
    return 'response' in result ? result.response : toHttp(result, spec.responses)
  }

  return {
    ...description,
    changesState,
    quota,
    access,
    body: body ?? null,
    bodyOptions,
    query: query ?? null,
    params: params ?? null,
    handlers: [
      authorize,
      ...(body ? [validateBody(body)] : []),
      ...(query ? [zValidator('query', query, rejectInvalid)] : []),
      ...(params ? [zValidator('param', params, rejectInvalid)] : []),
      respond,
    ],
  }
}

/** The same operation under another path or method. */
export const alias = (
  route: Route,
  differs: Partial<Pick<Route, 'method' | 'path' | 'summary'>> & { readonly operationId: string },
): Route => ({ ...route, ...differs })
