import { html } from 'hono/html'
import * as z from 'zod/mini'
import type { Context, LinkPage } from '../domain/context.ts'
import { text } from '../http/request/fields.ts'
import { pageResponse } from '../http/response/html.ts'
import { anyone } from '../http/routing/access.ts'
import { type Route, route } from '../http/routing/route.ts'
import { PAGE_POLICY } from './pages.ts'

/** The placeholders in a stored page. */
export const TOKEN_PLACEHOLDER = '{token}'
export const ERRORS_PLACEHOLDER = '{errors}'
const GAPS = new RegExp(`${TOKEN_PLACEHOLDER}|${ERRORS_PLACEHOLDER}`, 'g')

interface LinkPageParts {
  readonly token?: string
  readonly errors?: readonly string[]
  readonly status?: number
}

/**
 * The pages that links in messages open (link-pages.ts). They need no script. A GET changes nothing, because link previews and
 * mail scanners open links, too: what a link is for is done by a button. The button sends the secret in the body, and neither
 * headers nor logs have it (`Referrer-Policy: no-referrer`, `Cache-Control: no-store`).
 */
export const linkPage = async (
  context: Context,
  name: LinkPage,
  { token = '', errors = [], status = 200 }: LinkPageParts = {},
): Promise<{ response: Response }> => {
  const [tokenText, errorList] = await Promise.all([html`${token}`, html`${errors.map((error) => html`<p class="error">${error}</p>`)}`])
  // In one pass: a token that reads like a gap is not filled.
  const { body, headers } = await pageResponse(context, name, PAGE_POLICY, (page) =>
    page.replaceAll(GAPS, (gap) => String(gap === TOKEN_PLACEHOLDER ? tokenText : errorList)),
  )
  return { response: new Response(body, { status, headers }) }
}

/** For a link that does not exist, was used, or has expired: the response is the same for all three. */
export const invalidLinkPage = (context: Context, name: LinkPage): Promise<{ response: Response }> =>
  linkPage(context, name, { status: 410 })

/** The field of a form with the secret of its link. */
export const linkToken = () => text({ max: 64, blank: true })

/** The route that a link leads to. */
export const linkRoute = (path: string, name: LinkPage): Route =>
  route({
    method: 'GET',
    path,
    access: anyone,
    query: z.object({ token: z._default(z.string(), '') }),
    responses: {},
    handle: ({ context, query }) => linkPage(context, name, query),
  })
