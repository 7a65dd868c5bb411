import { SECOND } from '../../model/time.ts'
import type { Message } from '../../providers/carrier.ts'
import type { Context } from '../context.ts'

const MAX_ATTEMPTS = 3
/** The platform ends work after the response half a minute later. */
const PAUSE_MS = 2 * SECOND

/** Whether e-mails with links can be sent. It reveals nothing about an account, so it is public. */
export const canSendLinks = ({ settings }: Pick<Context, 'settings'>): boolean =>
  settings.publicUrl !== null && settings.alarm.channels.includes('email')

/** Sends an e-mail. An attempt that has failed, or may have, is repeated with the same key, so that a provider sends it once. */
export const sendEmail = async (context: Context, message: Omit<Message, 'createdAt'>): Promise<void> => {
  const dated = { ...message, createdAt: context.now() }
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { type } = await context.carriers.email.send(dated)
    if (type !== 'retry' && type !== 'uncertain') return
    if (attempt < MAX_ATTEMPTS) await context.sleep(PAUSE_MS)
  }
  console.error(JSON.stringify({ fault: 'an e-mail about an account could not be sent', account: message.accountId }))
}
