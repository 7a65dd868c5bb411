import { html } from 'hono/html'
import * as z from 'zod/mini'
import { canSendLinks } from '../domain/accounts/account-emails.ts'
import { loadCommonPasswords } from '../domain/accounts/common-passwords.ts'
import { requestPasswordLink, setPasswordByLink } from '../domain/accounts/forgotten-password.ts'
import { isAcceptable } from '../domain/accounts/password-rules.ts'
import { passwordTexts } from '../http/request/account-fields.ts'
import { text } from '../http/request/fields.ts'
import { anyone, publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { EMAIL_MAX } from '../model/account.ts'
import { Failure } from '../model/result.ts'
import { hiddenToken, invalidLinkPage, linkPage, linkRoute, linkToken } from './link-page.ts'

const TITLE = 'Forgotten password'

const askAgain = html`<p><a href="/support/password">Ask for a new link</a></p>`

const UNAVAILABLE = html`<p>This server sends no e-mail, so it cannot send you a link. Please ask the people who run it for a new password.</p>`

const requestForm = html`<p>Enter your username or your e-mail address. We send a link to the e-mail address of the account; with it you choose a new password.</p>
      <form method="post" action="/support/password">
        <label for="name">Username or e-mail address</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required />
        <button>Send the link</button>
      </form>`

const showRequest = route({
  method: 'GET',
  path: '/support/password',
  access: anyone,
  responses: {},
  handle: ({ context }) => linkPage(TITLE, canSendLinks(context) ? requestForm : UNAVAILABLE),
})

/** The response is the same whether there is an account or not. */
const request = route({
  method: 'POST',
  path: '/support/password',
  access: publicRateLimited,
  body: z.object({ name: text({ max: EMAIL_MAX }) }),
  responses: {},
  handle: ({ context, body }) => {
    if (!canSendLinks(context)) return linkPage(TITLE, UNAVAILABLE)
    requestPasswordLink(context, body.name)
    return linkPage(
      'Look into your mailbox',
      html`<p>If there is an account with this name or address, and it has an e-mail address, we have sent a link to it. The link works once, and for 30 minutes.</p>
      <p>Nothing has come after some minutes? Look into the spam folder, then <a href="/support/password">ask for another link</a>. We send at most three an hour.</p>`,
    )
  },
})

const passwordForm = (token: string, errors: readonly string[]) => html`<form method="post" action="/support/password/new">
        ${hiddenToken(token)}
        <label for="password">New password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required${
          errors.length > 0 ? html` aria-describedby="errors"` : ''
        } />
        <div id="errors" role="alert">${errors.map((error) => html`<p class="error">${error}</p>`)}</div>
        <p>At least 8 characters, not only digits, and none of the most common passwords. All devices will be logged out.</p>
        <button>Set the password</button>
      </form>`

const showNew = linkRoute('/support/password/new', 'Choose a new password', (token) => passwordForm(token, []))

const setNew = route({
  method: 'POST',
  path: '/support/password/new',
  access: publicRateLimited,
  body: z.object({
    token: linkToken(),
    password: text({ max: 1024, blank: true, exact: true, format: 'password' }),
  }),
  bodyOptions: { prepare: loadCommonPasswords },
  responses: {},
  handle: async ({ context, body: { token, password } }) => {
    if (!isAcceptable(password, 'strict')) {
      return linkPage('Choose a new password', passwordForm(token, passwordTexts(password, 'strict')), 400)
    }
    const result = await setPasswordByLink(context, { token, password })
    if (result instanceof Failure) {
      return result.code === 'throttled'
        ? linkPage('Please try again', html`<p>The server is busy, and your password is not set yet.</p>${passwordForm(token, [])}`, 429)
        : invalidLinkPage(askAgain)
    }
    return linkPage(
      'Your new password is set',
      html`<p>All devices were logged out. <a href="/support">Log in</a> with the new password.</p>`,
    )
  },
})

/** Every /support/password path. */
export const passwordLinkRoutes = [showRequest, request, showNew, setNew]
