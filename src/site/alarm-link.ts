import { html } from 'hono/html'
import * as z from 'zod/mini'
import { acknowledgeByLink } from '../domain/alarms/acknowledge-by-link.ts'
import { text } from '../http/request/fields.ts'
import { anyone, publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { Failure } from '../model/result.ts'
import { hiddenToken, invalidLinkPage, linkPage } from './link-page.ts'

const TITLE = 'Alarm'

const showAlarm = route({
  method: 'GET',
  path: '/support/alarm',
  access: anyone,
  query: z.object({ token: z._default(z.string(), '') }),
  responses: {},
  handle: ({ query }) =>
    linkPage(
      TITLE,
      html`<p>Acknowledge the alarm if you take care of it now. Nobody else is told of it after that.</p>
      <form method="post" action="/support/alarm">
        ${hiddenToken(query.token)}
        <button>Acknowledge the alarm</button>
      </form>`,
    ),
})

/** The response says nothing about the person. */
const acknowledge = route({
  method: 'POST',
  path: '/support/alarm',
  access: publicRateLimited,
  body: z.object({ token: text({ max: 64, blank: true }) }),
  responses: {},
  handle: async ({ context, body }) =>
    (await acknowledgeByLink(context, body.token)) instanceof Failure
      ? invalidLinkPage(html`<p>See the <a href="/console">support console</a> for open alarms.</p>`)
      : linkPage(TITLE, html`<p>The alarm is acknowledged.</p>`),
})

/** Every /support/alarm path. */
export const alarmLinkRoutes = [showAlarm, acknowledge]
