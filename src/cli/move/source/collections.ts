import type { SourceValue } from '../models/values.ts'

/** Neither mongoexport nor mongodump writes the collection's name into its file. It is recognised by its documents. */

type Document = Readonly<Record<string, SourceValue>>

/** Properties that the documents of a collection have. The first that fits is meant. */
const COLLECTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['api_friend', ['sender_id', 'receiver_id', 'status']],
  ['auth_user', ['username', 'password', 'date_joined']],
  ['api_userprofile', ['user_id', 'date_of_birth', 'bio']],
  ['django_session', ['session_key', 'session_data']],
  ['authtoken_token', ['key', 'user_id', 'created']],
  ['rsvp', ['plan_id', 'user_id', 'created_at']],
  ['dismissals', ['plan_id', 'user_id']],
  ['plans', ['title', 'location']],
  ['plans', ['title', 'start_time']],
  ['django_migrations', ['app', 'name', 'applied']],
  ['django_content_type', ['app_label', 'model']],
  ['auth_permission', ['codename', 'content_type_id']],
  ['django_admin_log', ['action_time', 'object_repr']],
]

const collectionOfOne = (document: Document): string | null =>
  ('_id' in document && COLLECTIONS.find(([, properties]) => properties.every((property) => property in document))?.[0]) || null

/** The collection that most documents of a sample belong to. Single ones may have been put in or edited by hand. */
export const collectionOf = (documents: readonly Document[]): string | null => {
  const counts = new Map<string, number>()
  for (const name of documents.map(collectionOfOne)) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}
