import { asText } from '#chat/values.ts'
import type { Api } from './api.ts'
import { el, syncChildren } from './dom.ts'
import { parseList, valueAt } from './wire.ts'

const ANSWERS: Readonly<Record<string, string>> = {
  agreed: 'has agreed to be notified',
  asked: 'has not answered yet, and will be notified',
  declined: 'does not want to be notified',
}

const rowOf = (contact: unknown): HTMLElement => {
  const answer = ANSWERS[asText(valueAt(contact, 'answer'))] ?? 'will be notified'
  return el('li', {}, `${asText(valueAt(contact, 'name'))} (${asText(valueAt(contact, 'relationship'))}) ${answer}.`)
}

/** Whom an alarm notifies, and what they have answered. It is loaded when the person opens it. */
export const contactAnswers = (api: Api): HTMLElement => {
  const list = el('ul', { class: 'help-results' })
  const details = el('details', { class: 'contact-answers' }, el('summary', {}, 'Emergency contacts'), list)
  details.addEventListener('toggle', async () => {
    if (!details.open) return
    const contacts = await api('GET', '/support/help/contacts/').then(
      (response) => parseList(valueAt(response, 'contacts'), (contact) => contact),
      () => null,
    )
    if (contacts === null) return syncChildren(list, [el('li', {}, 'They could not be read. Close and open this again.')])
    syncChildren(list, contacts.length > 0 ? contacts.map(rowOf) : [el('li', {}, 'There are none.')])
  })
  return details
}
