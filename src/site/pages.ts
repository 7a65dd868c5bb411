import { html } from 'hono/html'

const SAME_ORIGIN_ONLY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** A page loads only from its own origin, and inline scripts and styles do not run. */
export const PAGE_POLICY = { 'Content-Security-Policy': `${SAME_ORIGIN_ONLY}; style-src 'self'; img-src 'self'` }

export const head = (title: string) => html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="/docs/assets/icon.svg" />
    <link rel="stylesheet" href="/docs/assets/site.css" />`
