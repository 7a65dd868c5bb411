import { html } from 'hono/html'
import * as z from 'zod/mini'
import { answerAsContact } from '../domain/contacts/answer.ts'
import { publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { Failure } from '../model/result.ts'
import { hiddenToken, invalidLinkPage, linkPage, linkRoute, linkToken } from './link-page.ts'

const TITLE = 'Emergency contact'

const showInvitation = linkRoute(
  '/support/contact',
  TITLE,
  (token) => html`<p>Somebody named you as an emergency contact. If they set off an alarm, we tell you, so that you can help.</p>
      <form method="post" action="/support/contact">
        ${hiddenToken(token)}
        <button name="answer" value="agreed">I agree</button>
        <button name="answer" value="declined" class="second">I do not want to be told</button>
      </form>`,
)

const TEXTS = {
  agreed: html`<p>Thank you. If they set off an alarm, we tell you. You can still decline with the same link.</p>`,
  declined: html`<p>You will hear nothing more from us about this person.</p>`,
}

const answerInvitation = route({
  method: 'POST',
  path: '/support/contact',
  access: publicRateLimited,
  body: z.object({ token: linkToken(), answer: z.enum(['agreed', 'declined']) }),
  responses: {},
  handle: async ({ context, body: { token, answer } }) => {
    const result = await answerAsContact(context, token, answer)
    return result instanceof Failure
      ? invalidLinkPage(html`<p>If you have declined, you hear nothing more.</p>`)
      : linkPage(TITLE, TEXTS[answer])
  },
})

/** Every /support/contact path. */
export const contactLinkRoutes = [showInvitation, answerInvitation]
