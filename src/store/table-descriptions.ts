import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { accounts, facilityProfiles, meetupProfiles, practiceProfiles, subscriptionPlans } from './tables/accounts.ts'
import { assistantTurns } from './tables/assistant.ts'
import { contractNames } from './tables/contract-names.ts'
import { credentials } from './tables/credentials.ts'
import { friendRecords } from './tables/friends.ts'
import { masterTypes, masterValues } from './tables/master.ts'
import { matches, matchPreferences, matrimonyProfiles } from './tables/matrimony.ts'
import { announcements, directMessages, notifications } from './tables/messages.ts'
import { movedRows } from './tables/moves.ts'
import { planDismissals, plans, rsvps } from './tables/plans.ts'
import { alarmScenarios, emergencyContacts, musicTracks, recoveryProfiles, therapists } from './tables/recovery.ts'

/** The tables that rows of former servers are moved into, as data: `npm run move` writes all of them with the same statements. */

const TABLES = {
  accounts,
  alarm_scenarios: alarmScenarios,
  announcements,
  assistant_turns: assistantTurns,
  contract_names: contractNames,
  credentials,
  direct_messages: directMessages,
  emergency_contacts: emergencyContacts,
  facility_profiles: facilityProfiles,
  friend_records: friendRecords,
  master_types: masterTypes,
  master_values: masterValues,
  match_preferences: matchPreferences,
  matches,
  matrimony_profiles: matrimonyProfiles,
  meetup_profiles: meetupProfiles,
  moved_rows: movedRows,
  music_tracks: musicTracks,
  notifications,
  plan_dismissals: planDismissals,
  plans,
  practice_profiles: practiceProfiles,
  recovery_profiles: recoveryProfiles,
  rsvps,
  subscription_plans: subscriptionPlans,
  therapists,
} as const

/** Its columns, and what they refer to. */
export const describeTable = (name: keyof typeof TABLES) => {
  const { columns, foreignKeys } = getTableConfig(TABLES[name])
  return {
    name,
    columns: columns.map((column) => ({
      name: column.name,
      isKey: column.primary,
      isInteger: column.getSQLType() === 'integer',
      isNullable: !column.notNull,
      isGenerated: column.generated !== undefined,
    })),
    references: foreignKeys.flatMap((foreignKey) => {
      const { columns: from, foreignTable, foreignColumns } = foreignKey.reference()
      const [column, foreign] = [from[0], foreignColumns[0]]
      return column && foreign ? [{ column: column.name, table: getTableConfig(foreignTable).name, key: foreign.name }] : []
    }),
  }
}
