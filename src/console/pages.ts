import { ownPaths } from '../http/own-paths.ts'
import { CONSOLE_POLICY, consolePage, supportPage, supportPolicy } from './html.ts'

/**
 * The pages of the support chat: staff sit at /console, a person at /support. They are the same for everybody and hold
 * nothing of anybody: who may see what is asked of the REST and the sockets that they call.
 *
 * To show /support inside a page of another origin, list that origin in ALLOWED_ORIGINS and write there:
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
