import { boolean, integer, nullable, text, timestamp } from './kinds.ts'
import { ACCOUNT, field, link, owner, tableModel } from './model.ts'

export const track = tableModel('main.musictrack', { table: 'main_musictrack', fields: { name: field(text), url: field(text) } })

export const therapist = tableModel('main.therapist', {
  table: 'main_therapist',
  fields: { user: owner(ACCOUNT), name: field(text), phone: field(text), email: field(text) },
})

export const contact = tableModel('main.emergencycontact', {
  table: 'main_emergencycontact',
  fields: { user: owner(ACCOUNT), name: field(text), relationship: field(text), phone: field(text), email: field(text) },
})

export const scenario = tableModel('event.alarmscenario', {
  table: 'event_alarmscenario',
  fields: {
    name: field(text),
    play_music: field(boolean),
    notify_contact: field(boolean),
    notify_therapist: field(boolean),
  },
})

export const userInfo = tableModel('main.userinfo', {
  table: 'main_userinfo',
  fields: {
    user: owner(ACCOUNT),
    age: field(nullable(integer)),
    location: field(text),
    military_status: field(boolean),
    ptsd_level: field(nullable(integer)),
    // The newest version has no music.
    music: link(track.name, { absent: null }),
    therapist_contact: link(therapist.name),
    scenario: link(scenario.name),
  },
})

const alarm = tableModel('event.alarm', {
  table: 'event_alarm',
  fields: { user: owner(ACCOUNT), scenario: link(scenario.name), timestamp: field(timestamp) },
  stays: 'an alarm of the contract is open, acknowledged or cancelled, and this table does not contain which it was',
})

const alarmResult = tableModel('event.alarmresult', {
  table: 'event_alarmresult',
  fields: {
    alarm: owner(alarm.name),
    location: field(text),
    timestamp: field(timestamp),
    music_played: field(boolean),
    message_sent_to_contacts: field(boolean),
    voice_message_played: field(boolean),
    therapist_notified: field(boolean),
    completed: field(boolean),
  },
  stays: 'a delivery of the contract has a recipient, a channel and a state, and this table contains none of them',
})

/** `session_type` is `gpt` for the assistant, and `user` for a person: staff, or any other user. */
export const chatSession = tableModel('chat.chatsession', {
  table: 'chat_chatsession',
  fields: {
    user: owner(ACCOUNT),
    session_type: field(text),
    receiver: link(ACCOUNT),
    started_at: field(timestamp),
    ended_at: field(nullable(timestamp)),
  },
  stays:
    'its messages are imported one by one: the contract has one conversation with support for each person, without a beginning or an end',
})

/** `sender` is `user`, `gpt` or `system`. */
export const chatMessage = tableModel('chat.chatmessage', {
  table: 'chat_chatmessage',
  fields: { session: owner(chatSession.name), sender: field(text), message: field(text), timestamp: field(timestamp) },
})

export const RECOVERY_MODELS = [userInfo, track, therapist, contact, scenario, alarm, alarmResult, chatSession, chatMessage]
