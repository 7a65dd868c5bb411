/** What the facility contract stores about a person beside the account. */

export const FACILITY_THEMES = ['light', 'dark', 'high-contrast'] as const
export const FACILITY_TEXT_SIZES = ['txt-sm', 'txt-base', 'txt-lg', 'txt-xl'] as const

export interface FacilityProfile {
  readonly displayName: string
  readonly facilityId: string
  readonly consent: boolean
  readonly theme: (typeof FACILITY_THEMES)[number]
  readonly textSize: (typeof FACILITY_TEXT_SIZES)[number]
  /** The UUID that the account had at a former server of the newest version. */
  readonly formerUuid: string | null
}

/** What reading returns until there is something stored. */
export const EMPTY_FACILITY_PROFILE: FacilityProfile = {
  displayName: '',
  facilityId: '',
  consent: false,
  theme: 'light',
  textSize: 'txt-base',
  formerUuid: null,
}
