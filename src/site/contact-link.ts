import * as z from 'zod/mini'
import { answerAsContact } from '../domain/contacts/answer.ts'
import { publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { Failure } from '../model/result.ts'
import { invalidLinkPage, linkPage, linkRoute, linkToken } from './link-page.ts'

const showInvitation = linkRoute('/support/contact', 'link-contact')

const answerInvitation = route({
  method: 'POST',
  path: '/support/contact',
  access: publicRateLimited,
  body: z.object({ token: linkToken(), answer: z.enum(['agreed', 'declined']) }),
  responses: {},
  handle: async ({ context, body: { token, answer } }) => {
    const result = await answerAsContact(context, token, answer)
    return result instanceof Failure ? invalidLinkPage(context, 'link-contact-invalid') : linkPage(context, `link-contact-${answer}`)
  },
})

/** Every /support/contact path. */
export const contactLinkRoutes = [showInvitation, answerInvitation]
