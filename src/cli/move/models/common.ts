import { boolean, nullable, text, timestamp } from './kinds.ts'
import { ACCOUNT, field, owner, tableModel } from './model.ts'

/** The models of Django and of Django REST framework that more than one original has. */

/** The fields that all three account tables have. */
export const ACCOUNT_FIELDS = {
  password: field(text),
  username: field(text),
  is_superuser: field(boolean),
  is_staff: field(boolean),
  is_active: field(boolean),
  date_joined: field(timestamp),
}

/** mindharmony, recovery (integer ids) and meetups (ObjectIds). */
export const authUser = tableModel('auth.user', {
  table: 'auth_user',
  isAccount: true,
  fields: {
    ...ACCOUNT_FIELDS,
    last_login: field(nullable(timestamp)),
    first_name: field(text),
    last_name: field(text),
    email: field(text),
  },
})

/** The tokens of Django REST framework. The key is the token itself. */
export const token = tableModel('authtoken.token', {
  table: 'authtoken_token',
  key: { column: 'key', kind: text },
  fields: { user: owner(ACCOUNT), created: field(timestamp) },
})

export const session = tableModel('sessions.session', {
  table: 'django_session',
  key: { column: 'session_key', kind: text },
  fields: { session_data: field(text), expire_date: field(timestamp) },
})
