import { type Account, emailKey, usernameKey } from '../../model/account.ts'
import { passwordChangedEmail, passwordLinkEmail } from '../../model/account-texts.ts'
import { PASSWORD_LINK_LIMITS } from '../../model/one-time-link.ts'
import { HASHING_RETRY_MS } from '../../model/password.ts'
import { fail, type Result } from '../../model/result.ts'
import { SECOND } from '../../model/time.ts'
import { deleteLoginFailures } from '../../store/credentials.ts'
import { findLink } from '../../store/one-time-links.ts'
import { insertPasswordLink, replacePasswordByLink } from '../../store/password-links.ts'
import { auditEntry } from '../audit.ts'
import type { Context } from '../context.ts'
import { digestOf } from '../digest.ts'
import { createLink, linkKey } from '../links/create.ts'
import { publishRevocations } from '../sessions/log-out.ts'
import { loginFailureKeys } from '../sessions/login-guard.ts'
import { canSendLinks, sendEmail } from './account-emails.ts'
import type { AcceptedPassword } from './password-rules.ts'

/**
 * Sends a link for a new password to the account with this e-mail address or username. All of it happens after the response, so
 * neither its text nor its time reveals whether there is such an account.
 */
export const requestPasswordLink = (context: Context, name: string): void => {
  if (!canSendLinks(context)) return
  const sending = sendPasswordLink(context, name).catch((error) => {
    // The text of a database error holds the values of the statement.
    console.error(
      JSON.stringify({ fault: 'a link for a new password was not sent', error: error instanceof Error ? error.name : typeof error }),
    )
  })
  context.waitUntil(sending)
}

const sendPasswordLink = async (context: Context, name: string): Promise<void> => {
  const created = await createLink(context, 'password')
  if (!created) return
  const { link, url } = created
  const account = await insertPasswordLink(context.store, {
    link,
    name,
    usernameKey: usernameKey(name),
    emailKey: emailKey(name),
    network: await digestOf(context.client.network),
    limits: PASSWORD_LINK_LIMITS,
    audit: auditEntry(context, 'password-link-sent', null),
  })
  if (!account) return
  const { id: accountId, username, email: address } = account
  const email = passwordLinkEmail({ username, url })
  await sendEmail(context, { ...email, key: `password.${link.digest}`, accountId, recipient: username, address })
}

/**
 * Sets a new password with a link, and ends every credential of the account. The link is looked up before the password is
 * hashed, so that invented links cost nothing, and again in the batch that sets the password.
 */
export const setPasswordByLink = async (
  context: Context,
  { token, password }: { token: string; password: AcceptedPassword },
): Promise<Result<null, 'invalid-link' | 'throttled'>> => {
  const link = await findLink(context.store, await linkKey(context, 'password', token))
  if (!link) return fail('invalid-link')
  const to = await context.passwords.hash(password, { network: context.client.network, account: String(link.accountId) })
  if (to === null) return fail('throttled', { seconds: HASHING_RETRY_MS / SECOND })
  // The link may have expired or been used while the request waited for the hash.
  const key = await linkKey(context, 'password', token)
  const replaced = await replacePasswordByLink(context.store, { key, to, audit: auditEntry(context, 'password-changed', null, 'link') })
  if (!replaced) return fail('invalid-link')
  const { account, ended } = replaced
  publishRevocations(context, account.id, ended)
  context.waitUntil(finish(context, account, key.digest))
  return null
}

/** Notifies the owner, and deletes the failed log-ins: guesses before the change must not lock the owner out. */
const finish = async (
  context: Context,
  account: Pick<Account, 'id' | 'username' | 'contractNames' | 'email'>,
  digest: string,
): Promise<void> => {
  const { id: accountId, username, email: address } = account
  await deleteLoginFailures(context.store, await loginFailureKeys(account))
  const email = passwordChangedEmail({ username })
  await sendEmail(context, { ...email, key: `password-changed.${digest}`, accountId, recipient: username, address })
}
