import { html } from 'hono/html'
import { head, liveRegions, loginSection, noScriptNotice } from './html.ts'
import { HOURS_PLACEHOLDER, NUMBERS_PLACEHOLDER } from './support-parts.ts'

/** The errors of the server are shown at the fields, so the browser does not check them. */
const registerSection = html`<section id="register-section" class="login-section" aria-labelledby="register-title" hidden>
        <h2 id="register-title">Create an account</h2>
        <form id="register" method="post" novalidate>
          <label for="new-username">Username</label>
          <input id="new-username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required aria-describedby="new-username-error" />
          <p id="new-username-error" class="error"></p>
          <label for="new-email">E-mail (you can leave it empty)</label>
          <input id="new-email" name="email" type="email" autocomplete="email" aria-describedby="new-email-error" />
          <p id="new-email-error" class="error"></p>
          <label for="new-password">Password</label>
          <input id="new-password" name="password" type="password" autocomplete="new-password" required aria-describedby="new-password-error" />
          <p id="new-password-error" class="error"></p>
          <p id="register-error" class="error" role="alert"></p>
          <button class="primary">Create the account</button>
        </form>
        <p><button id="show-login" type="button">I have an account</button></p>
      </section>`

const loginHint = html`<p><button id="show-register" type="button">Create an account</button></p>
        <p class="hint">If a life is in danger, call one of the numbers above first.</p>`

/** The support page, with placeholders for what depends on the request. src/cli/build-assets.ts stores it with the assets. */
export const supportPage = html`<!doctype html>
<html lang="en">
  <head>
    ${head('Support', 'support')}
  </head>
  <body class="support">
    <header class="bar">
      <h1>Support</h1>
      <p id="connection" class="connection-status" role="status"></p>
      <div id="session" class="session" hidden><span id="current-user"></span> <button id="logout" type="button">Log out</button></div>
    </header>
    <main id="main" tabindex="-1">
      ${NUMBERS_PLACEHOLDER}
      ${noScriptNotice}
      <section class="availability" aria-label="Support">
        <p id="desk-state" role="status"></p>
        <div id="sound-settings" hidden>
          <label for="sound">
            <input id="sound" type="checkbox" aria-describedby="sound-hint" /> Sound<span class="visually-hidden"> for new messages</span>
          </label>
          <span id="sound-hint" hidden>(after your first touch)</span>
        </div>
        ${HOURS_PLACEHOLDER}
      </section>
      ${loginSection('Log in to talk to us', loginHint)}
      ${registerSection}
      <section id="help" class="help" aria-labelledby="help-title" hidden>
        <h2 id="help-title" class="visually-hidden">Get help now</h2>
        <div id="help-actions"></div>
      </section>
      <div id="chat" class="conversation" hidden></div>
    </main>
    ${liveRegions}
  </body>
</html>`
