import type { Room } from '#chat/desk-events.ts'
import { el, setText } from './dom.ts'
import { hasOpenAlarm } from './inbox-order.ts'
import { timeAgo } from './times.ts'

/** One row of the inbox. */

const PREVIEW_LENGTH = 90

export interface RoomRow {
  readonly element: HTMLLIElement
  readonly link: HTMLAnchorElement
  update(room: Room, selected: boolean, now: number): void
}

export const roomRow = (userId: number): RoomRow => {
  const parts = {
    dot: el('span', { class: 'presence-dot', 'aria-hidden': 'true' }),
    name: el('strong', { class: 'name' }),
    presence: el('span', { class: 'visually-hidden' }),
    time: el('time', { class: 'timestamp' }),
    alarm: el('span', { class: 'badge urgent' }, 'Alarm'),
    resolved: el('span', { class: 'badge' }, 'Resolved'),
    claimedBy: el('span', { class: 'badge' }),
    preview: el('span', { class: 'preview', dir: 'auto' }),
    unread: el('span', { class: 'count' }),
    unreadLabel: el('span', { class: 'visually-hidden' }, ' unread'),
  }
  const link = el(
    'a',
    { href: `#/room/${userId}`, tabindex: '-1' },
    el('span', { class: 'row' }, parts.dot, parts.name, parts.presence, parts.alarm, parts.resolved, parts.claimedBy, parts.time),
    el('span', { class: 'row' }, parts.preview, parts.unread, parts.unreadLabel),
  )
  return {
    element: el('li', { 'data-room': String(userId) }, link),
    link,
    update: (room, selected, now) => {
      const last = room.lastMessage
      link.classList.toggle('has-alarm', hasOpenAlarm(room))
      link.classList.toggle('unread', room.unread > 0)
      parts.dot.classList.toggle('online', room.online)
      if (selected) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
      setText(parts.name, room.username)
      setText(parts.presence, room.online ? ', online, ' : ', offline, ')
      setText(parts.time, timeAgo(last?.sentAt ?? room.updatedAt, now))
      parts.alarm.hidden = !hasOpenAlarm(room)
      parts.resolved.hidden = room.resolved === null
      parts.claimedBy.hidden = room.claimedBy === null
      setText(parts.claimedBy, room.claimedBy ? `with ${room.claimedBy.username}` : '')
      setText(parts.preview, last ? `${last.fromAdmin ? 'Support: ' : ''}${last.text.slice(0, PREVIEW_LENGTH)}` : '')
      parts.unread.hidden = room.unread === 0
      parts.unreadLabel.hidden = room.unread === 0
      setText(parts.unread, String(room.unread))
    },
  }
}
