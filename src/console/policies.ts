import type { Settings } from '../model/settings.ts'

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
