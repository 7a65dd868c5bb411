import type { Parser } from '#chat/values.ts'
import { type Api, ApiError, errorText } from './api.ts'
import { button, el, requireElement } from './dom.ts'
import { fullTimeElement } from './times.ts'
import { type OutboxMessage, type Page, parseOutboxMessage, parsePage, parseReport, type Report } from './wire.ts'

/** A list that is loaded page by page, newest first. */
interface Feed {
  load(): Promise<void>
}

const createFeed = <T>(
  id: string,
  fetchPage: (query: string) => Promise<Page<T>>,
  renderItem: (item: T) => HTMLElement,
  emptyText: string,
): Feed => {
  const feed = requireElement(id, HTMLElement)

  const loadPage = async (cursor: string | null): Promise<void> => {
    const page = await fetchPage(cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`)
    const cards = page.items.map(renderItem)
    if (cursor === null) feed.replaceChildren()
    feed.querySelector('.more')?.remove()
    feed.append(...cards)
    const { next } = page
    if (next !== null) feed.append(button('More', () => void tryLoadPage(next), { class: 'more' }))
    if (cursor === null && cards.length === 0) feed.append(el('p', { class: 'empty' }, emptyText))
  }

  const tryLoadPage = async (cursor: string | null): Promise<void> => {
    feed.querySelector('.error')?.remove()
    await loadPage(cursor).catch((error: unknown) => feed.prepend(el('p', { class: 'error', role: 'alert' }, errorText(error))))
  }

  return { load: () => tryLoadPage(null) }
}

const pageLoader =
  <T>(api: Api, path: string, key: string, parse: Parser<T>) =>
  async (query: string): Promise<Page<T>> =>
    parsePage(await api('GET', `${path}${query}`), key, parse)

export const outboxFeed = (api: Api): Feed =>
  createFeed('outbox-feed', pageLoader(api, '/console/api/outbox/', 'messages', parseOutboxMessage), outboxCard, 'The outbox is empty.')

export const reportFeed = (api: Api): Feed =>
  createFeed('report-feed', pageLoader(api, '/console/api/reports/', 'reports', parseReport), reportCard, 'No reports yet.')

const outboxCard = ({ channel, recipient, address, subject, body, createdAt }: OutboxMessage): HTMLElement =>
  el(
    'details',
    { class: 'card' },
    el(
      'summary',
      {},
      el('span', { class: 'badge' }, channel),
      ' ',
      el('strong', {}, recipient),
      ` ${subject || body.slice(0, 80)} `,
      el('span', { class: 'timestamp' }, fullTimeElement(createdAt)),
    ),
    el('p', { class: 'hint' }, `To ${address}`),
    el('pre', { dir: 'auto' }, body),
  )

const reportCard = ({ reporter, reported, reason, createdAt }: Report): HTMLElement =>
  el(
    'article',
    { class: 'card' },
    el('h3', {}, `${reporter.username} reported ${reported.username}`),
    el('p', { class: 'hint' }, `Accounts ${reporter.id} and ${reported.id} · `, fullTimeElement(createdAt)),
    el('p', { dir: 'auto' }, reason),
  )

/** Shows the tab "Reports" only if the server has that list. */
export const checkForReports = async (api: Api, tabs: HTMLElement): Promise<void> => {
  const exists = await api('GET', '/console/api/reports/').then(
    () => true,
    (error: unknown) => !(error instanceof ApiError && error.status === 404),
  )
  const tab = tabs.querySelector<HTMLElement>('[data-view="reports"]')
  if (tab) tab.hidden = !exists
}
