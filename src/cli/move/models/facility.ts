import { ACCOUNT_FIELDS } from './common.ts'
import { boolean, integer, nullable, real, text, timestamp } from './kinds.ts'
import { field, link, tableModel } from './model.ts'

const FIELDS = {
  ...ACCOUNT_FIELDS,
  last_login: field(nullable(timestamp)),
  email: field(nullable(text)),
  display_name: field(text),
  // A path of the web client's own files, not an upload.
  profile_picture: field(nullable(text)),
  consent: field(boolean),
  theme: field(text),
  text_size: field(text),
  created_at: field(timestamp),
  updated_at: field(timestamp),
}

export const facilityUser = tableModel('core.user', {
  table: 'core_user',
  isAccount: true,
  fields: { ...FIELDS, facility_id: field(text) },
})

/** The newest version: UUIDs, and the facility is a row of its own. Its column is called as the text was before. */
export const laterFacilityUser = tableModel('core.user', {
  table: 'core_user',
  version: 'speech_speed',
  isAccount: true,
  fields: {
    ...FIELDS,
    facility: link('core.facility'),
    speech_uri_index: field(nullable(integer)),
    speech_speed: field(nullable(real)),
    surveyed_at: field(nullable(timestamp)),
  },
  omissions: [
    {
      reason: 'the contract has no settings of the speech output',
      isIn: ({ speech_uri_index: voice, speech_speed: speed }) => voice !== null || speed !== null,
    },
    {
      reason: 'the contract has no survey',
      isIn: ({ surveyed_at: at }) => at !== null,
    },
  ],
})

export const facility = tableModel('core.facility', {
  table: 'core_facility',
  fields: { name: field(text), code: field(text), created_at: field(timestamp), updated_at: field(timestamp) },
})

export const FACILITY_MODELS = [laterFacilityUser, facilityUser, facility]
