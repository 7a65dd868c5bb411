import { idFrom } from './wire.ts'

/** What the part of the address after the # shows. Null is no place of ours: the link that skips to the content has one too. */

type Route = { readonly view: 'inbox'; readonly userId: number | null } | { readonly view: 'alarms' | 'outbox' | 'reports' }

export const routeOf = (hash: string): Route | null => {
  const [, view, id] = /^#\/(?:(\w+)(?:\/(\d+))?)?$/.exec(hash === '' ? '#/' : hash) ?? []
  if (view === 'alarms' || view === 'outbox' || view === 'reports') return { view }
  if (view === 'room') return { view: 'inbox', userId: idFrom(id) }
  return hash === '' || hash === '#/' ? { view: 'inbox', userId: null } : null
}
