import { recordSession } from '../../domain/practice.ts'
import { DAY, isoDay } from '../../model/time.ts'
import type { SeedMembers } from './people.ts'

const PRACTICES = ['Morning meditation', 'Body scan', 'Walking', 'Breathing', 'Evening meditation']

/** Adds one practice session for each of the last five days to every member. */
export const seedPractice = async (members: SeedMembers): Promise<string> => {
  for (const member of members.values()) {
    for (const [index, name] of PRACTICES.entries()) {
      const date = isoDay(member.now() - index * DAY)
      await recordSession(member, { name, date, duration: 10 + index * 5 })
    }
  }
  return `${members.size * PRACTICES.length} practice sessions`
}
