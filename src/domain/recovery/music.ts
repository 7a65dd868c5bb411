import { type AlarmScenario, chooseTrack, findScenarios, findTracks, type MusicTrack } from '../../store/recovery-profiles.ts'
import type { Context, MemberContext } from '../context.ts'
import { type Failure, fail } from '../failures.ts'

export type { AlarmScenario, MusicTrack }

/** What may be played when somebody rings. */
export const listTracks = (context: Context): Promise<MusicTrack[]> => findTracks(context.store)

/** What may happen when somebody rings. */
export const listScenarios = (context: Context): Promise<AlarmScenario[]> => findScenarios(context.store)

/** Chooses what is played to the caller. */
export const chooseMusic = async (context: MemberContext, trackId: number): Promise<null | Failure<'track-not-found'>> =>
  (await chooseTrack(context.store, context.actor.account.id, trackId)) ? null : fail('track-not-found')
