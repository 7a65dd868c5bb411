import { date, nullable, text, timestamp } from './kinds.ts'
import { ACCOUNT, documentModel, field, owner, tableModel } from './model.ts'

const CHANGES = { created_at: field(timestamp), updated_at: field(timestamp) }

export const meetupProfile = tableModel('api.userprofile', {
  table: 'api_userprofile',
  fields: { ...CHANGES, user: owner(ACCOUNT), date_of_birth: field(nullable(date)), bio: field(text) },
})

export const friend = tableModel('api.friend', {
  table: 'api_friend',
  fields: { ...CHANGES, sender: owner(ACCOUNT), receiver: owner(ACCOUNT), status: field(text) },
})

const BY_ACCOUNT = { model: ACCOUNT, role: 'owner' } as const

/** The next three are no Django models: an edit stores the client's JSON unread, and `dumpdata` leaves them out. */
export const plan = documentModel('plans', { created_by: BY_ACCOUNT })

const OF_PLAN = { plan_id: { model: plan.name, role: 'owner' }, user_id: BY_ACCOUNT } as const

export const rsvp = documentModel('rsvp', OF_PLAN)

export const dismissal = documentModel('dismissals', OF_PLAN)

export const MEETUPS_MODELS = [meetupProfile, friend, plan, rsvp, dismissal]
