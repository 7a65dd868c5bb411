import {
  type AlarmScenario,
  MAX_LISTED_CHOICES,
  MAX_STORED_THERAPISTS,
  type MusicTrack,
  type NewTherapist,
  type RecoveryChanges,
  type RecoveryProfile,
  type Therapist,
  type TherapistChanges,
} from '../model/recovery.ts'
import { fail, type Result } from '../model/result.ts'
import { insertTherapist, updateTherapist } from '../store/emergency-contacts.ts'
import {
  chooseTrack,
  findRecoveryProfile,
  findRecoveryProfileRecorded,
  findScenarios,
  findTracks,
  saveRecoveryProfile,
} from '../store/recovery-profiles.ts'
import { actingAccount, isOwnerOrStaff, type MemberContext } from './access.ts'
import { auditEntry } from './audit.ts'

/** The entry for a change of the caller's own health data. */
const ownChange = (context: MemberContext, detail: string) => auditEntry(context, 'health-changed', context.actor.account.id, detail)

/** A person's profile, for that person and for staff. For others it does not exist: the failure does not reveal the account. */
export const readUserInfo = async (context: MemberContext, accountId: number): Promise<Result<RecoveryProfile, 'not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const profile =
    accountId === context.actor.account.id
      ? await findRecoveryProfile(context.store, accountId)
      : await findRecoveryProfileRecorded(context.store, accountId, auditEntry(context, 'health-read', accountId))
  return profile ?? fail('not-found')
}

/** Changes some fields, unless the person has a higher rank than the caller. The scenario must exist, and the therapist must belong to this person. */
export const changeUserInfo = async (
  context: MemberContext,
  { accountId, ...changes }: { accountId: number } & RecoveryChanges,
): Promise<Result<RecoveryProfile, 'not-found' | 'forbidden' | 'scenario-not-found' | 'therapist-not-found'>> => {
  if (!isOwnerOrStaff(context, accountId)) return fail('not-found')
  const audit = auditEntry(context, 'health-changed', accountId, Object.keys(changes).join(' '))
  const profile = await saveRecoveryProfile(context.store, accountId, changes, actingAccount(context), audit)
  return typeof profile === 'string' ? fail(profile) : profile
}

/** Adds a therapist, who becomes the chosen one: alarms notify this therapist. */
export const createTherapist = (context: MemberContext, therapist: Omit<NewTherapist, 'accountId' | 'createdAt'>): Promise<Therapist> =>
  insertTherapist(
    context.store,
    { ...therapist, accountId: context.actor.account.id, createdAt: context.now() },
    MAX_STORED_THERAPISTS,
    ownChange(context, 'therapist added'),
  )

/** Updates the caller's chosen therapist. */
export const changeTherapist = async (
  context: MemberContext,
  changes: TherapistChanges,
): Promise<Result<Therapist, 'therapist-not-found'>> =>
  (await updateTherapist(context.store, context.actor.account.id, changes, ownChange(context, 'therapist'))) ?? fail('therapist-not-found')

/** The tracks that may be played when an alarm is triggered. */
export const listTracks = (context: MemberContext): Promise<MusicTrack[]> => findTracks(context.store, MAX_LISTED_CHOICES)

/** The scenarios: what an alarm does when it is triggered. */
export const listScenarios = (context: MemberContext): Promise<AlarmScenario[]> => findScenarios(context.store, MAX_LISTED_CHOICES)

/** Chooses the track that is played for the caller. */
export const chooseMusic = async (context: MemberContext, trackId: number): Promise<Result<null, 'track-not-found'>> =>
  (await chooseTrack(context.store, context.actor.account.id, trackId, ownChange(context, 'music'))) ? null : fail('track-not-found')
