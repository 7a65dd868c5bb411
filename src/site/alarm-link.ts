import { html } from 'hono/html'
import * as z from 'zod/mini'
import { acknowledgeByLink } from '../domain/alarms/acknowledge-by-link.ts'
import { publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { Failure } from '../model/result.ts'
import { hiddenToken, invalidLinkPage, linkPage, linkRoute, linkToken } from './link-page.ts'

const TITLE = 'Alarm'

const showAlarm = linkRoute(
  '/support/alarm',
  TITLE,
  (token) => html`<p>Acknowledge the alarm if you take care of it now. Nobody else is told of it after that.</p>
      <form method="post" action="/support/alarm">
        ${hiddenToken(token)}
        <button>Acknowledge the alarm</button>
      </form>`,
)

/** The response says nothing about the person. */
const acknowledge = route({
  method: 'POST',
  path: '/support/alarm',
  access: publicRateLimited,
  body: z.object({ token: linkToken() }),
  responses: {},
  handle: async ({ context, body }) =>
    (await acknowledgeByLink(context, body.token)) instanceof Failure
      ? invalidLinkPage(html`<p>See the <a href="/console">support console</a> for open alarms.</p>`)
      : linkPage(TITLE, html`<p>The alarm is acknowledged.</p>`),
})

/** Every /support/alarm path. */
export const alarmLinkRoutes = [showAlarm, acknowledge]
