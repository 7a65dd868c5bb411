import { type AlarmScenario, chooseTrack, findScenarios, findTracks, type MusicTrack } from '../../store/recovery-profiles.ts'
import type { Ctx, MemberCtx } from '../context.ts'
import { type Refusal, refuse } from '../refusals.ts'

export type { AlarmScenario, MusicTrack }

/** What may be played when somebody rings. */
export const listTracks = (ctx: Ctx): Promise<MusicTrack[]> => findTracks(ctx.store)

/** What may happen when somebody rings. */
export const listScenarios = (ctx: Ctx): Promise<AlarmScenario[]> => findScenarios(ctx.store)

/** Chooses what is played to the caller. */
export const chooseMusic = async (ctx: MemberCtx, trackId: number): Promise<null | Refusal<'track-not-found'>> =>
  (await chooseTrack(ctx.store, ctx.actor.account.id, trackId)) ? null : refuse('track-not-found')
