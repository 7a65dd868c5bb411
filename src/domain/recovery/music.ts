import { type AlarmScenario, chooseTrack, findScenarios, findTracks, type MusicTrack } from '../../store/recovery-profiles.ts'
import type { Context, MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { AlarmScenario, MusicTrack }

/** The tracks that may be played when an alarm is triggered. */
export const listTracks = (context: Context): Promise<MusicTrack[]> => findTracks(context.store)

/** The scenarios: what an alarm does when it is triggered. */
export const listScenarios = (context: Context): Promise<AlarmScenario[]> => findScenarios(context.store)

/** Chooses the track that is played for the caller. */
export const chooseMusic = async (context: MemberContext, trackId: number): Promise<null | Failure<'track-not-found'>> =>
  (await chooseTrack(context.store, context.actor.account.id, trackId)) ? null : fail('track-not-found')
