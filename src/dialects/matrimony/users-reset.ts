import * as z from 'zod/mini'
import { changePassword, confirmPassword } from '../../domain/accounts/change-password.ts'
import { loadCommonPasswords } from '../../domain/accounts/common-passwords.ts'
import { isAcceptable } from '../../domain/accounts/password-rules.ts'
import { passwordTexts } from '../../http/request/account-fields.ts'
import { text } from '../../http/request/fields.ts'
import { errorResponse, HttpError } from '../../http/response/errors.ts'
import { type ErrorResponse, ok } from '../../http/response/specs.ts'
import { memberRateLimited } from '../../http/routing/access.ts'
import { route } from '../../http/routing/route.ts'
import { isSameUsername, usernameIn } from '../../model/account.ts'
import { QUOTAS } from '../../model/quotas.ts'
import { errors, forbidden } from './errors.ts'
import { MessageResponse } from './fields.ts'

const WEAK = 'Password must contain at least 8 characters, including letters, numbers, and special characters.'

/** The texts of the rules that the password breaks. If it only lacks a letter or a digit, the sentence is repeated as the field's text. */
const weakPassword = (password: string): ErrorResponse => {
  const texts = passwordTexts(password, 'strict')
  return weakPasswordResponse(texts.length > 0 ? texts : [WEAK])
}

const weakPasswordResponse = (texts: string[]): ErrorResponse => errorResponse(400, { error: WEAK, new_password: texts })

const OTHER_USERS_PASSWORD = { name: 'other-users-password', response: forbidden('You do not have permission to reset this password.') }
const MISSING_PASSWORDS = { name: 'missing-passwords', response: errorResponse(400, { error: 'Old and new passwords are required.' }) }

const PasswordReset = z.object({
  username: z._default(z.nullable(text({ blank: true })), ''),
  old_password: z._default(z.nullable(text({ max: 1024, blank: true, exact: true, format: 'password' })), ''),
  new_password: z._default(z.nullable(text({ max: 1024, blank: true, exact: true, format: 'password' })), ''),
})

const hasLetterAndDigit = (password: string): boolean => /\p{L}/u.test(password) && /\p{Nd}/u.test(password)

const resetPassword = route({
  method: 'PUT',
  path: '/users/reset/',
  operationId: 'resetPassword',
  summary: "Change the caller's password",
  access: memberRateLimited,
  quota: QUOTAS.passwordChanges,
  body: PasswordReset,
  bodyOptions: { prepare: loadCommonPasswords },
  responses: {
    200: ok(MessageResponse),
    ...errors.responses(
      OTHER_USERS_PASSWORD,
      MISSING_PASSWORDS,
      'wrong-password',
      { name: 'weak-password', response: weakPasswordResponse([WEAK]) },
      'throttled',
    ),
  },
  handle: async ({ context, body }) => {
    const { username, old_password: oldPassword, new_password: password } = body
    const account = await context.actor.load()
    const names = [account.username, usernameIn('matrimony', account)]
    if (!names.some((name) => isSameUsername(username ?? '', name))) throw new HttpError(OTHER_USERS_PASSWORD.response)
    if (!oldPassword || !password) throw new HttpError(MISSING_PASSWORDS.response)
    const { stored } = errors.unwrap(await confirmPassword(context, oldPassword))
    if (!isAcceptable(password, 'strict') || !hasLetterAndDigit(password)) throw new HttpError(weakPassword(password))
    errors.unwrap(await changePassword(context, { stored, password }))
    return { status: 200, body: { message: 'Password reset successfully.' } }
  },
})

export const passwordResetRoutes = [resetPassword]
