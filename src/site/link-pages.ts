import { html } from 'hono/html'
import type { LinkPage } from '../domain/context.ts'
import { ERRORS_PLACEHOLDER, TOKEN_PLACEHOLDER } from './link-page.ts'
import { head } from './pages.ts'

/** The pages that links in messages open. src/cli/build-assets.ts stores them with the assets. */

type Markup = ReturnType<typeof html>

const page = (title: string, content: Markup): Markup => html`<!doctype html>
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

const invalidPage = (content: Markup): Markup =>
  page('This link is not valid', html`<p>It was used already, or it has expired.</p>${content}`)

const hiddenToken = html`<input type="hidden" name="token" value="${TOKEN_PLACEHOLDER}" />`

const ALARM = 'Alarm'
const CONTACT = 'Emergency contact'
const PASSWORD = 'Forgotten password'

const passwordForm = html`<form method="post" action="/support/password/new">
        ${hiddenToken}
        <label for="password">New password</label>
        <input id="password" name="password" type="password" autocomplete="new-password" required aria-describedby="errors" />
        <div id="errors" role="alert">${ERRORS_PLACEHOLDER}</div>
        <p>At least 8 characters, not only digits, and none of the most common passwords. All devices will be logged out.</p>
        <button>Set the password</button>
      </form>`

export const linkPages: Readonly<Record<LinkPage, Markup>> = {
  'link-alarm': page(
    ALARM,
    html`<p>Acknowledge the alarm if you take care of it now. No one else is notified of it after that.</p>
      <form method="post" action="/support/alarm">
        ${hiddenToken}
        <button>Acknowledge the alarm</button>
      </form>`,
  ),
  'link-alarm-done': page(ALARM, html`<p>The alarm is acknowledged.</p>`),
  'link-alarm-invalid': invalidPage(html`<p>See the <a href="/console">support console</a> for open alarms.</p>`),
  'link-contact': page(
    CONTACT,
    html`<p>Someone named you as an emergency contact. If they set off an alarm, we notify you, so that you can help.</p>
      <form method="post" action="/support/contact">
        ${hiddenToken}
        <button name="answer" value="agreed">I agree</button>
        <button name="answer" value="declined" class="second">I do not want to be notified</button>
      </form>`,
  ),
  'link-contact-agreed': page(
    CONTACT,
    html`<p>Thank you. If they set off an alarm, we notify you. You can still decline with the same link.</p>`,
  ),
  'link-contact-declined': page(CONTACT, html`<p>You will hear nothing more from us about this person.</p>`),
  'link-contact-invalid': invalidPage(html`<p>If you have declined, you hear nothing more.</p>`),
  'link-password': page(
    PASSWORD,
    html`<p>Enter your username or your e-mail address. We send a link to the e-mail address of the account; with it you choose a new password.</p>
      <form method="post" action="/support/password">
        <label for="name">Username or e-mail address</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required />
        <button>Send the link</button>
      </form>`,
  ),
  'link-password-unavailable': page(
    PASSWORD,
    html`<p>This server sends no e-mail, so it cannot send you a link. Please ask the people who run it for a new password.</p>`,
  ),
  'link-password-sent': page(
    'Look into your mailbox',
    html`<p>If there is an account with this name or address, and it has an e-mail address, we have sent a link to it. The link works once, and for 30 minutes.</p>
      <p>Nothing has come after some minutes? Look into the spam folder, then <a href="/support/password">ask for another link</a>. We send at most three an hour.</p>`,
  ),
  'link-password-new': page('Choose a new password', passwordForm),
  'link-password-busy': page('Please try again', html`<p>The server is busy, and your password is not set yet.</p>${passwordForm}`),
  'link-password-done': page(
    'Your new password is set',
    html`<p>All devices were logged out. <a href="/support">Log in</a> with the new password.</p>`,
  ),
  'link-password-invalid': invalidPage(html`<p><a href="/support/password">Ask for a new link</a></p>`),
}
