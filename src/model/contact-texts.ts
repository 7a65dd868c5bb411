import type { PersonalChannel } from './alarm.ts'
import { withoutLinks } from './plain-text.ts'

/** The message that notifies a person that they were named as an emergency contact. */

const MAX_NAME = 80

interface InvitationDetails {
  /** Of the person who named them. */
  readonly displayName: string
  readonly name: string
  readonly relationship: string
  readonly url: string
}

export const invitationFor = (
  channel: PersonalChannel,
  { displayName, name, relationship, url }: InvitationDetails,
): { readonly subject: string; readonly body: string } => {
  const who = withoutLinks(displayName, MAX_NAME) || 'A person'
  const as = withoutLinks(relationship, MAX_NAME) || 'contact'
  if (channel === 'sms') {
    return {
      subject: '',
      body: `${who} named you as an emergency contact (${as}). We will notify you if they need help. Agree or decline: ${url}`,
    }
  }
  return {
    subject: `${who} named you as an emergency contact`,
    body: [
      `Hello ${withoutLinks(name, MAX_NAME) || 'there'},`,
      '',
      `${who} named you as an emergency contact (${as}). If they set off an alarm, we notify you, so that you can help.`,
      '',
      'Here you agree or decline:',
      '',
      url,
      '',
      'If you decline, you get no more messages from us about this person. If you do nothing, we still notify you of an alarm.',
      'You get this message once. We do not answer e-mails to this address.',
    ].join('\n'),
  }
}
