import type { PersonalChannel } from '../model/alarm.ts'
import type { CarrierSettings } from '../model/settings.ts'
import type { Carriers, Message } from './carrier.ts'
import { createEmailApi, createEmailBinding } from './email.ts'
import { createHttpClient } from './http.ts'
import { createLocalCarrier } from './local.ts'
import { createSmsApi } from './sms.ts'
import { createWebhook } from './webhook.ts'

/** What the carriers use besides external providers. */
interface Local {
  readonly emailBinding: SendEmail | undefined
  /** Stores a message for which no provider is configured. */
  keepInOutbox(channel: PersonalChannel, message: Message): Promise<void>
  announceToDesk(message: Message): Promise<void>
}

/** The ways to send: a configured provider, or the outbox. */
export const createCarriers = ({ email, sms, webhook, timeoutMs }: CarrierSettings, local: Local): Carriers => {
  const http = createHttpClient(timeoutMs)
  const outbox = (channel: PersonalChannel) => createLocalCarrier('outbox', (message) => local.keepInOutbox(channel, message))
  const emailApi = email?.key ? createEmailApi({ ...email, key: email.key }, http) : null
  if (email && !emailApi && !local.emailBinding) throw new Error('EMAIL_FROM requires EMAIL_API_KEY or the EMAIL binding')
  return {
    email: emailApi ?? (email && local.emailBinding ? createEmailBinding(local.emailBinding, email.from, timeoutMs) : outbox('email')),
    sms: sms ? createSmsApi(sms, http) : outbox('sms'),
    webhook: webhook && createWebhook(webhook, http),
    desk: createLocalCarrier('desk', (message) => local.announceToDesk(message)),
  }
}
