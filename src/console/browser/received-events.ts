import { loadLastEventId, saveLastEventId } from './saved-state.ts'

const MAX_IDS = 1000

/** The events of the desk that this tab has received, also before a reload. */
export class ReceivedEvents {
  /** The latest ones: a replay may repeat events that have already arrived. */
  readonly #ids = new Set<number>()
  #lastId = loadLastEventId()

  /** The position to resume from; 0 if there is none. */
  get lastId(): number {
    return this.#lastId
  }

  /** False if the event has arrived before. */
  add(id: number): boolean {
    if (this.#ids.has(id)) return false
    if (this.#ids.size >= MAX_IDS) this.#ids.clear()
    this.#ids.add(id)
    this.#setLastId(id)
    return true
  }

  clear(): void {
    this.#ids.clear()
    this.#setLastId(0)
  }

  #setLastId(id: number): void {
    this.#lastId = id
    saveLastEventId(id)
  }
}
