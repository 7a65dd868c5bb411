import { html } from 'hono/html'
import * as z from 'zod/mini'
import { text } from '../http/request/fields.ts'
import { htmlResponse } from '../http/response/html.ts'
import { anyone } from '../http/routing/access.ts'
import { type Route, route } from '../http/routing/route.ts'
import { head, PAGE_POLICY } from './pages.ts'

type Markup = ReturnType<typeof html>

/**
 * The pages that links in messages open. They need no script. A GET changes nothing, because link previews and mail scanners
 * open links, too: what a link is for is done by a button. The button sends the secret in the body, and neither headers nor
 * logs have it (`Referrer-Policy: no-referrer`, `Cache-Control: no-store`).
 */
export const linkPage = async (title: string, content: Markup, status = 200): Promise<{ response: Response }> => {
  const page = html`<!doctype html>
<html lang="en">
  <head>
    ${head(title)}
    <meta name="robots" content="noindex" />
  </head>
  <body class="plain link-page">
    <main>
      <h1>${title}</h1>
      ${content}
    </main>
  </body>
</html>`
  const { body, headers } = await htmlResponse(page, PAGE_POLICY)
  return { response: new Response(body, { status, headers }) }
}

/** For a link that does not exist, was used, or has expired: these are not told apart. */
export const invalidLinkPage = (content: Markup): Promise<{ response: Response }> =>
  linkPage('This link is not valid', html`<p>It was used already, or it has expired.</p>${content}`, 410)

export const hiddenToken = (token: string): Markup => html`<input type="hidden" name="token" value="${token}" />`

/** The field of a form with the secret of its link. */
export const linkToken = () => text({ max: 64, blank: true })

/** The route that a link leads to. */
export const linkRoute = (path: string, title: string, content: (token: string) => Markup): Route =>
  route({
    method: 'GET',
    path,
    access: anyone,
    query: z.object({ token: z._default(z.string(), '') }),
    responses: {},
    handle: ({ query }) => linkPage(title, content(query.token)),
  })
