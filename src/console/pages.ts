import { hasAlarmChannel } from '../domain/maintenance/health.ts'
import { countryOf } from '../http/request/country.ts'
import { pageResponse } from '../http/response/html.ts'
import { anyone } from '../http/routing/access.ts'
import { pagesContract } from '../http/routing/pages.ts'
import { route } from '../http/routing/route.ts'
import { CONSOLE_POLICY, supportPolicy } from './policies.ts'
import { completeSupportPage } from './support-parts.ts'

const showConsole = route({
  method: 'GET',
  path: '/console',
  access: anyone,
  responses: {},
  handle: async ({ context }) => ({
    response: await pageResponse(context, hasAlarmChannel(context) ? 'console' : 'console-without-channel', CONSOLE_POLICY),
  }),
})

const showSupport = route({
  method: 'GET',
  path: '/support',
  access: anyone,
  responses: {},
  handle: async ({ context, request }) => {
    const { support, allowedOrigins } = context.settings
    const parts = { country: countryOf(request), hours: support.hours }
    return { response: await pageResponse(context, 'support', supportPolicy(allowedOrigins), (page) => completeSupportPage(page, parts)) }
  },
})

/**
 * The pages of the support chat: /console for staff, /support for a person. The HTML contains no
 * account data; only the order of the emergency numbers depends on the visitor's country. The REST API and the sockets that the pages call check the access rights.
 *
 * To embed /support in a page of another origin, list that origin in ALLOWED_ORIGINS and add this to the page:
 * <iframe src="https://…/support" title="Support chat" width="380" height="640"></iframe>
 */
export const consolePages = pagesContract({ name: 'pages', prefixes: ['/support'], routes: [showConsole, showSupport] })
