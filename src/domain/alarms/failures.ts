/** The failure codes of alarms. */
export interface AlarmFailures {
  'no-scenario': null
  'alarm-not-found': null
}

export const ALARM_EXAMPLES: AlarmFailures = { 'no-scenario': null, 'alarm-not-found': null }
