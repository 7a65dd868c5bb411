import type { AlarmScenario, MusicTrack } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { chooseTrack, findScenarios, findTracks } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../access.ts'
import { auditEntry } from '../audit/entry.ts'

/** The tracks that may be played when an alarm is triggered. */
export const listTracks = (context: MemberContext): Promise<MusicTrack[]> => findTracks(context.store)

/** The scenarios: what an alarm does when it is triggered. */
export const listScenarios = (context: MemberContext): Promise<AlarmScenario[]> => findScenarios(context.store)

/** Chooses the track that is played for the caller. */
export const chooseMusic = async (context: MemberContext, trackId: number): Promise<Result<null, 'track-not-found'>> => {
  const { id } = context.actor.account
  const audit = auditEntry(context, 'health-changed', id, 'music')
  return (await chooseTrack(context.store, id, trackId, audit)) ? null : fail('track-not-found')
}
