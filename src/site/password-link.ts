import * as z from 'zod/mini'
import { canSendLinks } from '../domain/accounts/account-emails.ts'
import { loadCommonPasswords } from '../domain/accounts/common-passwords.ts'
import { requestPasswordLink, setPasswordByLink } from '../domain/accounts/forgotten-password.ts'
import { isAcceptable } from '../domain/accounts/password-rules.ts'
import { passwordTexts } from '../http/request/account-fields.ts'
import { text } from '../http/request/fields.ts'
import { anyone, publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { EMAIL_MAX } from '../model/account.ts'
import { Failure } from '../model/result.ts'
import { invalidLinkPage, linkPage, linkRoute, linkToken } from './link-page.ts'

const showRequest = route({
  method: 'GET',
  path: '/support/password',
  access: anyone,
  responses: {},
  handle: ({ context }) => linkPage(context, canSendLinks(context) ? 'link-password' : 'link-password-unavailable'),
})

/** The response is the same whether there is an account or not. */
const request = route({
  method: 'POST',
  path: '/support/password',
  access: publicRateLimited,
  body: z.object({ name: text({ max: EMAIL_MAX }) }),
  responses: {},
  handle: ({ context, body }) => {
    if (!canSendLinks(context)) return linkPage(context, 'link-password-unavailable')
    requestPasswordLink(context, body.name)
    return linkPage(context, 'link-password-sent')
  },
})

const showNew = linkRoute('/support/password/new', 'link-password-new')

const setNew = route({
  method: 'POST',
  path: '/support/password/new',
  access: publicRateLimited,
  body: z.object({
    token: linkToken(),
    password: text({ max: 1024, blank: true, exact: true, format: 'password' }),
  }),
  bodyOptions: { prepare: loadCommonPasswords },
  responses: {},
  handle: async ({ context, body: { token, password } }) => {
    if (!isAcceptable(password, 'strict')) {
      return linkPage(context, 'link-password-new', { token, errors: passwordTexts(password, 'strict'), status: 400 })
    }
    const result = await setPasswordByLink(context, { token, password })
    if (result instanceof Failure) {
      return result.code === 'throttled'
        ? linkPage(context, 'link-password-busy', { token, status: 429 })
        : invalidLinkPage(context, 'link-password-invalid')
    }
    return linkPage(context, 'link-password-done')
  },
})

/** Every /support/password path. */
export const passwordLinkRoutes = [showRequest, request, showNew, setNew]
