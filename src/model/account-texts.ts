import { withoutLinks } from './plain-text.ts'

/** The e-mails that an account gets about itself. */

interface Email {
  readonly subject: string
  readonly body: string
}

const MAX_NAME = 80

/** Anyone can register with another person's e-mail address, so the username may be a message to the owner of that address. */
const plainName = (username: string): string => withoutLinks(username, MAX_NAME) || 'your account'

export const passwordLinkEmail = ({ username, url }: { readonly username: string; readonly url: string }): Email => ({
  subject: 'A new password',
  body: [
    'Hello,',
    '',
    `someone, perhaps you, asked for a new password for the account ${plainName(username)}. With this link you choose it:`,
    '',
    url,
    '',
    'The link works once, and for 30 minutes. Do not pass it on.',
    'If it was not you, do nothing: your password stays as it is.',
  ].join('\n'),
})

export const passwordChangedEmail = ({ username }: { readonly username: string }): Email => ({
  subject: 'Your password was changed',
  body: [
    'Hello,',
    '',
    `the password of the account ${plainName(username)} was changed with a link that we sent to this address. All devices were logged out.`,
    '',
    'If it was not you, someone else can read your e-mail. Change the password of your mailbox first, then ask for a new link.',
  ].join('\n'),
})
