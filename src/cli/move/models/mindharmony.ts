import { date, file, integer, text, timestamp } from './kinds.ts'
import { ACCOUNT, field, link, owner, tableModel } from './model.ts'

export const practiceProfile = tableModel('user.userprofile', {
  table: 'user_userprofile',
  fields: { user: owner(ACCOUNT), bio: field(text), profile_picture: field(file), created_at: field(timestamp) },
})

const mediaLibrary = tableModel('sessionsApp.sessions', {
  table: 'sessionsApp_sessions',
  fields: { title: field(text), description: field(text), media_url: field(text), created_at: field(timestamp) },
  stays: 'a library of media that no path of the contract shows',
})

const NO_APPOINTMENTS = 'the contract has no appointments'

const professional = tableModel('appointment.professional', {
  table: 'appointment_professional',
  fields: {
    prof_id: field(integer),
    name: field(text),
    specialization: field(text),
    bio: field(text),
    profile: field(file),
    created_at: field(date),
  },
  stays: NO_APPOINTMENTS,
})

const appointment = tableModel('appointment.appointment', {
  table: 'appointment_appointment',
  fields: {
    user: owner(ACCOUNT),
    professional: link('appointment.professional'),
    created_at: field(date),
    appointment_date: field(date),
    status: field(text),
  },
  stays: NO_APPOINTMENTS,
})

export const MINDHARMONY_MODELS = [practiceProfile, mediaLibrary, professional, appointment]
