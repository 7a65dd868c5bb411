import type { Env } from '../env.ts'
import type { Settings } from '../model/settings.ts'

type Objects = Pick<Env, 'ACCOUNT_GATE' | 'ALARM_DISPATCHER' | 'SUPPORT_DESK' | 'SUPPORT_ROOM'>

/**
 * The objects of accounts, some with health data, in the jurisdiction of the settings. Without one, the platform may keep them anywhere. An
 * object of a jurisdiction has another id than the one with the same name outside of it: it is another object.
 */
export const objectsOf = (
  { ACCOUNT_GATE, ALARM_DISPATCHER, SUPPORT_DESK, SUPPORT_ROOM }: Objects,
  jurisdiction: Settings['jurisdiction'],
): Objects =>
  jurisdiction === null
    ? { ACCOUNT_GATE, ALARM_DISPATCHER, SUPPORT_DESK, SUPPORT_ROOM }
    : {
        ACCOUNT_GATE: ACCOUNT_GATE.jurisdiction(jurisdiction),
        ALARM_DISPATCHER: ALARM_DISPATCHER.jurisdiction(jurisdiction),
        SUPPORT_DESK: SUPPORT_DESK.jurisdiction(jurisdiction),
        SUPPORT_ROOM: SUPPORT_ROOM.jurisdiction(jurisdiction),
      }
