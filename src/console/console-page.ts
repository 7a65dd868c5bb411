import { html } from 'hono/html'
import { head, liveRegions, loginSection, noScriptNotice } from './html.ts'

/** The console's page. src/cli/build-assets.ts stores it with the assets. */

const NO_CHANNEL_BANNER = html`<p class="no-channel">
      <strong>Alarms reach only this desk.</strong> No e-mail or SMS provider is configured: messages to contacts and therapists are kept in the
      outbox and are not sent.
    </p>`

export const consolePage = ({ hasChannel }: { hasChannel: boolean }) => html`<!doctype html>
<html lang="en">
  <head>
    ${head('Support console', 'console')}
  </head>
  <body class="console">
    <a class="skip-link" href="#main">Skip to content</a>
    <header class="bar">
      <h1>Support</h1>
      <nav id="sections" class="sections" aria-label="Sections" hidden>
        <a href="#/" data-view="inbox">Inbox <span id="inbox-count" class="count"></span></a>
        <a href="#/alarms" data-view="alarms">Alarms <span id="alarm-count" class="count urgent"></span></a>
        <a href="#/outbox" data-view="outbox">Outbox</a>
        <a href="#/reports" data-view="reports" hidden>Reports</a>
        <a href="#/passkeys" data-view="passkeys">Passkeys</a>
      </nav>
      <p id="connection" class="connection-status" role="status"></p>
      <div id="session" class="session" hidden><span id="current-user"></span> <button id="logout" type="button">Log out</button></div>
    </header>
    ${hasChannel ? '' : NO_CHANNEL_BANNER}
    <p id="line-down" class="line-down" role="alert" hidden>
      <strong>You receive no alarms.</strong> This page has no connection to the server and tries again by itself.
    </p>
    <section id="signal-strip" class="signal-strip" aria-label="Alarm sound" hidden></section>
    <div id="banner"></div>
    <main id="main" tabindex="-1">
      ${noScriptNotice}
      ${loginSection('Log in to the support console', html``)}
      <section id="passkey-step" class="login-section" aria-label="Passkey" hidden></section>
      <section id="view-inbox" class="panes" aria-label="Inbox" hidden>
        <section id="inbox" class="inbox" aria-labelledby="inbox-title">
          <h2 id="inbox-title">Conversations</h2>
          <form id="inbox-controls" class="inbox-controls" role="search" aria-label="Conversations"></form>
          <ul id="rooms" class="rooms"></ul>
          <p id="no-rooms" class="empty" hidden>No conversations yet.</p>
          <button id="more-rooms" type="button" hidden>More</button>
        </section>
        <div id="conversation" class="conversation"><p class="empty">Select a conversation from the inbox.</p></div>
      </section>
      <section id="view-alarms" class="page" aria-labelledby="alarms-title" hidden>
        <h2 id="alarms-title" tabindex="-1">Alarms</h2>
        <div id="signal-settings" class="signal-settings"></div>
        <div id="alarm-feed" class="feed"></div>
      </section>
      <section id="view-outbox" class="page" aria-labelledby="outbox-title" hidden>
        <h2 id="outbox-title" tabindex="-1">Outbox</h2>
        <p class="hint">Messages that were not sent, because no provider is configured.</p>
        <div id="outbox-feed" class="feed"></div>
      </section>
      <section id="view-reports" class="page" aria-labelledby="reports-title" hidden>
        <h2 id="reports-title" tabindex="-1">Reports</h2>
        <div id="report-feed" class="feed"></div>
      </section>
      <section id="view-passkeys" class="page" aria-labelledby="passkeys-title" hidden>
        <h2 id="passkeys-title" tabindex="-1">Passkeys</h2>
        <div id="passkeys"></div>
      </section>
    </main>
    ${liveRegions}
  </body>
</html>`
