import { type AlarmScenario, MAX_LISTED_CHOICES, type MusicTrack } from '../../model/recovery.ts'
import { fail, type Result } from '../../model/result.ts'
import { chooseTrack, findScenarios, findTracks } from '../../store/recovery-profiles.ts'
import type { MemberContext } from '../access.ts'

/** The tracks that may be played when an alarm is triggered. */
export const listTracks = (context: MemberContext): Promise<MusicTrack[]> => findTracks(context.store, MAX_LISTED_CHOICES)

/** The scenarios: what an alarm does when it is triggered. */
export const listScenarios = (context: MemberContext): Promise<AlarmScenario[]> => findScenarios(context.store, MAX_LISTED_CHOICES)

/** Chooses the track that is played for the caller. */
export const chooseMusic = async (context: MemberContext, trackId: number): Promise<Result<null, 'track-not-found'>> =>
  (await chooseTrack(context.store, context.actor.account.id, trackId)) ? null : fail('track-not-found')
