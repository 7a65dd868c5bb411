import { type Api, wordsOf } from './api.ts'
import { button, el, need } from './dom.ts'
import { fullTime } from './times.ts'
import { type OutboxMessage, outboxMessageFrom, type Page, pageFrom, type Read, type Report, reportFrom } from './wire.ts'

/** A list that is read page by page, the newest first. */
interface Feed {
  load(): Promise<void>
}

const feedOf = <T>(id: string, read: (query: string) => Promise<Page<T>>, card: (item: T) => HTMLElement, none: string): Feed => {
  const feed = need(id, HTMLElement)

  const load = async (cursor: string | null): Promise<void> => {
    const page = await read(cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`)
    const cards = page.items.map(card)
    if (cursor === null) feed.replaceChildren()
    feed.querySelector('.more')?.remove()
    feed.append(...cards)
    const { next } = page
    if (next !== null) feed.append(button('More', () => void tryTo(next), { class: 'more' }))
    if (cursor === null && cards.length === 0) feed.append(el('p', { class: 'empty' }, none))
  }

  const tryTo = async (cursor: string | null): Promise<void> => {
    feed.querySelector('.error')?.remove()
    await load(cursor).catch((error: unknown) => feed.prepend(el('p', { class: 'error', role: 'alert' }, wordsOf(error))))
  }

  return { load: () => tryTo(null) }
}

const reading =
  <T>(api: Api, path: string, key: string, item: Read<T>) =>
  async (query: string): Promise<Page<T>> =>
    pageFrom(await api('GET', `${path}${query}`), key, item)

export const outboxFeed = (api: Api): Feed =>
  feedOf('outbox-feed', reading(api, '/console/api/outbox/', 'messages', outboxMessageFrom), outboxCard, 'Nothing was kept here.')

export const reportFeed = (api: Api): Feed =>
  feedOf('report-feed', reading(api, '/console/api/reports/', 'reports', reportFrom), reportCard, 'Nobody was reported.')

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
      el('span', { class: 'when' }, fullTime(createdAt)),
    ),
    el('p', { class: 'hint' }, `To ${address}`),
    el('pre', { dir: 'auto' }, body),
  )

const reportCard = ({ reporter, reported, reason, createdAt }: Report): HTMLElement =>
  el(
    'article',
    { class: 'card' },
    el('h3', {}, `${reporter.username} reports ${reported.username}`),
    el('p', { class: 'hint' }, `Accounts ${reporter.id} and ${reported.id} · `, fullTime(createdAt)),
    el('p', { dir: 'auto' }, reason),
  )
