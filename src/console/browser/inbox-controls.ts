import { el, requireElement, setText } from './dom.ts'
import { type Counts, FILTER_NAMES, FILTERS, type Filter } from './inbox-filter.ts'

/** The search field and the filters above the inbox. */

const SEARCH_DELAY_MS = 200

export class InboxControls {
  readonly #field = el('input', {
    type: 'search',
    id: 'inbox-search',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'Search by name',
  })
  readonly #counts = new Map<Filter, HTMLElement>()
  readonly #radios = new Map<Filter, HTMLInputElement>()
  #timer: ReturnType<typeof setTimeout> | undefined
  filter: Filter = 'all'

  constructor(onChange: () => void) {
    const form = requireElement('inbox-controls', HTMLFormElement)
    form.append(
      el('label', { for: 'inbox-search', class: 'visually-hidden' }, 'Search by name'),
      this.#field,
      // Radio buttons: together they are one Tab stop, and the arrow keys choose.
      el(
        'fieldset',
        { class: 'filters' },
        el('legend', { class: 'visually-hidden' }, 'Show'),
        ...FILTERS.map((filter) => this.#radio(filter, onChange)),
      ),
    )
    form.addEventListener('submit', (event) => event.preventDefault())
    this.#field.addEventListener('input', () => {
      clearTimeout(this.#timer)
      this.#timer = setTimeout(onChange, SEARCH_DELAY_MS)
    })
  }

  get search(): string {
    return this.#field.value.trim()
  }

  focus(): void {
    this.#field.focus()
  }

  showCounts(counts: Counts): void {
    for (const [filter, element] of this.#counts) setText(element, String(counts[filter]))
  }

  /** For the next user of this page. */
  reset(): void {
    this.#field.value = ''
    this.filter = 'all'
    for (const [filter, radio] of this.#radios) radio.checked = filter === 'all'
  }

  #radio(filter: Filter, onChange: () => void): HTMLElement {
    const radio = el('input', { type: 'radio', name: 'filter', value: filter, checked: filter === 'all' })
    const count = el('span', { class: 'filter-count' })
    this.#radios.set(filter, radio)
    this.#counts.set(filter, count)
    radio.addEventListener('change', () => {
      this.filter = filter
      onChange()
    })
    return el('label', { 'data-filter': filter }, radio, ` ${FILTER_NAMES[filter]} `, count)
  }
}
