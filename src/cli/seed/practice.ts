import { recordSession } from '../../domain/practice/record-session.ts'
import type { Cast } from './people.ts'

const PRACTICES = ['Morning sit', 'Body scan', 'Walking', 'Breathing', 'Evening sit']
const DAY = 24 * 60 * 60 * 1000

/** Everybody has sat for the last five days. */
export const seedPractice = async (cast: Cast): Promise<string> => {
  for (const member of cast.values()) {
    for (const [index, name] of PRACTICES.entries()) {
      const date = new Date(member.now() - index * DAY).toISOString().slice(0, 10)
      await recordSession(member, { name, date, duration: 10 + index * 5 })
    }
  }
  return `${cast.size * PRACTICES.length} practice sessions`
}
