import { html } from 'hono/html'
import { emergencyNumbersFor } from '../domain/assistant/emergency-numbers.ts'
import type { Settings } from '../model/settings.ts'
import { hoursInWords, type SupportHours } from '../model/support-hours.ts'

/**
 * A page may load and call only its own origin, and inline scripts and styles do not run. So text that a user wrote can never
 * run as a script. `blob:` is for the pictures of a conversation: they are loaded with a credential, which an image cannot send.
 */
const SAME_ORIGIN_ONLY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'"

export const CONSOLE_POLICY = { 'Content-Security-Policy': `${SAME_ORIGIN_ONLY}; frame-ancestors 'none'` }

/**
 * Origins that may call the API may also embed this page in a frame. The page uses no cookie, so the embedding site cannot
 * act with the visitor's session.
 */
export const supportPolicy = (origins: Settings['allowedOrigins']) => ({
  'Content-Security-Policy': `${SAME_ORIGIN_ONLY}; frame-ancestors ${origins === 'any' ? '*' : ["'self'", ...origins].join(' ')}`,
})

export const head = (title: string, name: string) => html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="/console/assets/icon.svg" />
    <link rel="stylesheet" href="/console/assets/${name}.css" />
    <script src="/console/assets/${name}.js" defer></script>`

/** Live regions for screen readers: the first is read out when the reader is idle, the second at once. */
export const liveRegions = html`<div id="polite" class="visually-hidden" role="status" aria-live="polite"></div>
    <div id="assertive" class="visually-hidden" role="alert"></div>`

export const noScriptNotice = html`<noscript><p class="notice">This page needs JavaScript.</p></noscript>`

export const loginSection = (
  heading: string,
  hint: ReturnType<typeof html>,
) => html`<section id="login-section" class="login-section" aria-labelledby="login-title" hidden>
        <h2 id="login-title">${heading}</h2>
        <form id="login" method="post">
          <label for="username">Username</label>
          <input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required />
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
          <p id="login-error" class="error" role="alert"></p>
          <button class="primary">Log in</button>
        </form>
        <p><a href="/support/password" target="_blank" rel="noopener">Forgotten your password?</a></p>
        ${hint}
      </section>`

const phoneLink = (number: string, label: ReturnType<typeof html>) => html`<a href="tel:${number.replaceAll(' ', '')}">${label}</a>`

/** A part of the HTML, outside of what the script shows and hides: the numbers are there in every state, and without a connection. */
const emergencyNumbers = (country: string | null) => {
  const { local, elsewhere } = emergencyNumbersFor(country)
  return html`<section class="emergency-numbers" aria-labelledby="numbers-title">
        <h2 id="numbers-title">In danger? Call now:</h2>
        <ul role="list">
          ${local.map(({ name, number }) => html`<li>${phoneLink(number, html`${name} <strong>${number}</strong>`)}</li>`)}
          <li>${local.length > 0 ? 'Elsewhere' : ''} ${elsewhere.map((number) => html`${phoneLink(number, html`<strong>${number}</strong>`)} `)}</li>
        </ul>
      </section>`
}

/** The errors of the server stand at the fields, so the browser does not check them. */
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

interface SupportPage {
  /** Decides which emergency numbers are first. */
  readonly country: string | null
  readonly hours: SupportHours | null
}

export const supportPage = ({ country, hours }: SupportPage) => html`<!doctype html>
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
      ${emergencyNumbers(country)}
      ${noScriptNotice}
      <section class="availability" aria-label="Support">
        <p id="desk-state" role="status"></p>
        <div id="sound-settings" hidden>
          <label for="sound">
            <input id="sound" type="checkbox" aria-describedby="sound-hint" /> Sound<span class="visually-hidden"> for new messages</span>
          </label>
          <span id="sound-hint" hidden>(after your first touch)</span>
        </div>
        ${hours ? html`<p class="hours">Support hours: ${hoursInWords(hours)}</p>` : ''}
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
