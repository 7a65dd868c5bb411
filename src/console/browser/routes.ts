import { parseId } from '#chat/values.ts'

/** The view that the URL fragment selects. Null is a fragment that is not a route: the link "Skip to content" has one. */

type Route = { readonly view: 'inbox'; readonly userId: number | null } | { readonly view: 'alarms' | 'outbox' | 'reports' | 'passkeys' }

export const parseRoute = (hash: string): Route | null => {
  const [, view, id] = /^#\/(?:(\w+)(?:\/(\d+))?)?$/.exec(hash === '' ? '#/' : hash) ?? []
  if (view === 'alarms' || view === 'outbox' || view === 'reports' || view === 'passkeys') return { view }
  if (view === 'room') return { view: 'inbox', userId: parseId(id) }
  return hash === '' || hash === '#/' ? { view: 'inbox', userId: null } : null
}
