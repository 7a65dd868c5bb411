import { ownPaths } from '../http/own-paths.ts'
import { CONSOLE_POLICY, consolePage, supportPage, supportPolicy } from './html.ts'

/**
 * The pages of the support chat: /console for staff, /support for a person. The HTML is the same for every visitor and
 * contains no account data. The REST API and the sockets that the pages call check the access rights.
 *
 * To embed /support in a page of another origin, list that origin in ALLOWED_ORIGINS and add this to the page:
 * <iframe src="https://…/support" title="Support chat" width="380" height="640"></iframe>
 */
export const pages = ownPaths({
  name: 'pages',
  prefixes: ['/support'],
  hang: (app) => {
    app.get('/console', (c) => c.html(consolePage, 200, CONSOLE_POLICY))
    app.get('/support', (c) => c.html(supportPage, 200, supportPolicy(c.env.context.settings.allowedOrigins)))
  },
})
