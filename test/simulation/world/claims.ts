import type { Room } from '../../../src/domain/ports.ts'
import type { PersonRef } from '../../../src/model/support.ts'
import type { World } from './world.ts'

/** More than a world has. */
const MAX_RETURNS = 100

/** Two or three staff claim a conversation at the same time. All of them must learn of the same holder. */
export class Claims {
  rounds = 0
  readonly #world: World
  readonly #inProgress = new Set<number>()

  constructor(world: World) {
    this.#world = world
  }

  get areInProgress(): boolean {
    return this.#inProgress.size > 0
  }

  async round(person: PersonRef): Promise<void> {
    const world = this.#world
    if (this.#inProgress.has(person.id)) return
    this.#inProgress.add(person.id)
    const returns = () => this.#untilDone(person, (room) => room.returns(MAX_RETURNS))
    const before = await returns()
    const claiming = world.staff.filter(() => world.random.chance(0.8))
    const holders = await Promise.all(claiming.map((member) => this.#untilDone(person, (room) => room.claim(person, member))))
    const after = await returns()
    this.#inProgress.delete(person.id)
    this.rounds++
    // If the holder was silent meanwhile, the conversation went back to the queue, and may have a second holder.
    if (before.length === after.length && new Set(holders.map(({ id }) => id)).size > 1) {
      world.fail(`${claiming.length} staff claimed the conversation of ${person.username} at once, and more than one got it`)
    }
  }

  async #untilDone<T>({ id }: PersonRef, call: (room: Room) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#world.request((context) => call(context.support.room(id)))
      } catch {
        await this.#world.sleep(500)
      }
    }
  }
}
