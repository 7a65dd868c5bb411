import { html } from 'hono/html'

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
