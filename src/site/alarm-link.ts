import * as z from 'zod/mini'
import { acknowledgeByLink } from '../domain/alarms/acknowledge-by-link.ts'
import { publicRateLimited } from '../http/routing/access.ts'
import { route } from '../http/routing/route.ts'
import { Failure } from '../model/result.ts'
import { invalidLinkPage, linkPage, linkRoute, linkToken } from './link-page.ts'

const showAlarm = linkRoute('/support/alarm', 'link-alarm')

/** The response contains nothing about the person. */
const acknowledge = route({
  method: 'POST',
  path: '/support/alarm',
  access: publicRateLimited,
  body: z.object({ token: linkToken() }),
  responses: {},
  handle: async ({ context, body }) =>
    (await acknowledgeByLink(context, body.token)) instanceof Failure
      ? invalidLinkPage(context, 'link-alarm-invalid')
      : linkPage(context, 'link-alarm-done'),
})

/** Every /support/alarm path. */
export const alarmLinkRoutes = [showAlarm, acknowledge]
