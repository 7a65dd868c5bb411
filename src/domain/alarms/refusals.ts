/** How the core refuses what concerns alarms. */
export interface AlarmRefusals {
  'no-scenario': null
  'alarm-not-found': null
}

export const ALARM_SAMPLES: AlarmRefusals = { 'no-scenario': null, 'alarm-not-found': null }
