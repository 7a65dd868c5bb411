import { html } from 'hono/html'
import type { Settings } from '../domain/settings.ts'

/** Everything a page loads and calls is our own, and nothing stands in the markup: what people write can't run, whatever it is. */
const OWN =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'"

export const CONSOLE_POLICY = { 'Content-Security-Policy': `${OWN}; frame-ancestors 'none'` }

/** Whoever may call the origin from a page of theirs may show this one in it. It holds no cookie that a frame could ride on. */
export const supportPolicy = (origins: Settings['allowedOrigins']) => ({
  'Content-Security-Policy': `${OWN}; frame-ancestors ${origins === 'any' ? '*' : ["'self'", ...origins].join(' ')}`,
})

const head = (title: string, name: string) => html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="/console/assets/icon.svg" />
    <link rel="stylesheet" href="/console/assets/${name}.css" />
    <script src="/console/assets/${name}.js" defer></script>`

/** What a screen reader tells: the first when it has a moment, the second at once. */
const regions = html`<div id="polite" class="unseen" role="status" aria-live="polite"></div>
    <div id="assertive" class="unseen" role="alert"></div>`

const needsScript = html`<noscript><p class="notice">This page needs JavaScript.</p></noscript>`

const door = (heading: string, more: ReturnType<typeof html>) => html`<section id="door" class="door" aria-labelledby="door-title" hidden>
        <h2 id="door-title">${heading}</h2>
        <form id="login" method="post">
          <label for="username">Username</label>
          <input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required />
          <label for="password">Password</label>
          <input id="password" name="password" type="password" autocomplete="current-password" required />
          <p id="login-error" class="error" role="alert"></p>
          <button class="main">Log in</button>
        </form>
        ${more}
      </section>`

export const consolePage = html`<!doctype html>
<html lang="en">
  <head>
    ${head('Support console', 'console')}
  </head>
  <body class="console">
    <a class="skip" href="#main">Skip to the content</a>
    <header class="bar">
      <h1>Support</h1>
      <nav id="sections" class="sections" aria-label="Sections" hidden>
        <a href="#/" data-view="inbox">Inbox <span id="inbox-count" class="count"></span></a>
        <a href="#/alarms" data-view="alarms">Alarms <span id="alarm-count" class="count urgent"></span></a>
        <a href="#/outbox" data-view="outbox">Outbox</a>
        <a href="#/reports" data-view="reports" hidden>Reports</a>
      </nav>
      <p id="link" class="link" role="status"></p>
      <div id="session" class="session" hidden><span id="who"></span> <button id="logout" type="button">Log out</button></div>
    </header>
    <div id="banner"></div>
    <main id="main" tabindex="-1">
      ${needsScript}
      ${door('Log in to answer', html``)}
      <section id="view-inbox" class="panes" aria-label="Inbox" hidden>
        <section id="inbox" class="inbox" aria-labelledby="inbox-title">
          <h2 id="inbox-title">Who writes</h2>
          <ul id="rooms" class="rooms"></ul>
          <p id="no-rooms" class="empty" hidden>Nobody has written yet.</p>
          <button id="more-rooms" type="button" hidden>More</button>
        </section>
        <div id="conversation" class="conversation"><p class="empty">Choose somebody from the inbox.</p></div>
      </section>
      <section id="view-alarms" class="page" aria-labelledby="alarms-title" hidden>
        <h2 id="alarms-title" tabindex="-1">Alarms</h2>
        <div id="alarm-feed" class="feed"></div>
      </section>
      <section id="view-outbox" class="page" aria-labelledby="outbox-title" hidden>
        <h2 id="outbox-title" tabindex="-1">Outbox</h2>
        <p class="hint">What would have been sent, where no carrier is set up.</p>
        <div id="outbox-feed" class="feed"></div>
      </section>
      <section id="view-reports" class="page" aria-labelledby="reports-title" hidden>
        <h2 id="reports-title" tabindex="-1">Reports</h2>
        <div id="report-feed" class="feed"></div>
      </section>
    </main>
    ${regions}
  </body>
</html>`

export const supportPage = html`<!doctype html>
<html lang="en">
  <head>
    ${head('Support', 'support')}
  </head>
  <body class="support">
    <header class="bar">
      <h1>Support</h1>
      <p id="link" class="link" role="status"></p>
      <div id="session" class="session" hidden><span id="who"></span> <button id="logout" type="button">Log out</button></div>
    </header>
    <main id="main" tabindex="-1">
      ${needsScript}
      ${door(
        'Log in to talk to us',
        html`<p class="hint">If a life is in danger, call the emergency services where you are first: 112, 911 or 999.</p>`,
      )}
      <section id="help" class="help" aria-labelledby="help-title" hidden>
        <h2 id="help-title" class="unseen">Help now</h2>
        <div id="help-parts"></div>
      </section>
      <div id="chat" class="conversation" hidden></div>
    </main>
    ${regions}
  </body>
</html>`
