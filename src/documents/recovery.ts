import * as z from 'zod/mini'
import type { Documentation } from '../http/openapi/document.ts'
import { errorSchema, errorTextSchema, fieldErrorsSchema } from '../http/openapi/error-schemas.ts'
import { documented } from '../http/response/documented.ts'
import { commonProperties } from './common.ts'
import { recoveryExamples } from './examples/recovery.ts'
import { recoveryResponses } from './responses/recovery.ts'

const CrisisLine = documented(z.object({ country: z.string(), name: z.string(), contact: z.string() }), { id: 'CrisisLine' })

const OWNER_ONLY = 'For the person only, not even for staff.'
const OWNER_AND_STAFF = 'For the person and staff.'

const HANDSHAKE =
  'Opens a WebSocket. Send the credential as for any other request, or in `?token=`, or as the subprotocol `concord.token.<token>` together with `concord.v1`.'

export const recovery: Documentation = {
  description: 'A PTSD recovery app.',

  errors: [errorTextSchema, fieldErrorsSchema, errorSchema('AssistantUnavailable', { error: z.string(), resources: z.array(CrisisLine) })],

  operations: {
    connectToDeskByShortPath: 'The same as `connectToDesk`.',
    messageAssistant: 'A message about suicide or self-harm is answered with crisis resources, and the support desk is notified.',
    acknowledgeAlarm:
      'If the person acknowledges it, everyone who was notified of the alarm gets an all-clear, once. If staff acknowledge it, the same recipients are notified that staff answer the alarm; the all-clear follows when the person acknowledges it, too. These messages are deliveries of step 0.',
    listAlarms: 'At most the newest 100.',
    triggerAlarm:
      'Notifies every recipient that the scenario names. Triggers within 30 seconds join the same alarm, and each recipient is notified once. A HEAD request triggers nothing.',
    connectToDesk: HANDSHAKE,
    connectToRoom: HANDSHAKE,
    getUserInfo: 'For the person and staff. All other callers get a 404.',
    register: 'The account can log in through the other contracts as well. The response contains no token.',
    logIn: 'The response to a wrong password is the same as that to an unknown username.',
    logOut: 'Sockets that were opened with the token are closed. Other tokens of the account stay valid.',
    listSessions: 'A session is a credential of the account that is still valid, from any of the contracts.',
    endOtherSessions: 'The credential of this request stays valid.',
    endSession: 'Sockets that were opened with it are closed.',
    changeUserInfo: `${OWNER_AND_STAFF} Fields that are not sent stay unchanged; null clears a field.`,
    addContact: `${OWNER_ONLY} Each request adds one contact.`,
    listContacts: OWNER_ONLY,
    deleteContact: OWNER_ONLY,
    addTherapist: OWNER_ONLY,
    changeTherapist: `${OWNER_ONLY} Fields that are not sent stay unchanged.`,
    listMusicTracks: 'The tracks are the same for all users.',
    chooseMusicTrack: OWNER_ONLY,
    listAlarmScenarios: 'The scenarios are the same for all users.',
    triggerAlarmByPost: 'The same as `triggerAlarm`.',
    openSupportChat: `${OWNER_AND_STAFF} Frames on this socket are described in the AsyncAPI document.`,
    listSupportMessages: OWNER_AND_STAFF,
    downloadTranscriptAsText: OWNER_AND_STAFF,
    downloadTranscriptAsJson: OWNER_AND_STAFF,
  },

  responses: recoveryResponses,
  examples: recoveryExamples,

  properties: {
    ...commonProperties,
    id: 'The id of the person whose record it is.',
    'UserInfo.id': 'The same as `user`.',
    'EmergencyContact.id': 'Identifies the contact in paths.',
    'TherapistContact.id': 'The value of `therapist_contact` in the user info.',
    'MusicTrack.id': 'The value of `music` in the user info.',
    'AlarmScenario.id': 'The value of `scenario` in the user info.',
    'AlarmDelivery.id': 'Identifies the delivery.',
    'SupportMessage.id': 'Identifies the message in its conversation. Later messages have larger ids.',
    user: 'The id of the account, the same in every contract with numeric ids.',
    user_id: 'The id of the person whose conversation it is.',
    contact_id: 'The id of the contact.',
    session_id: 'The id of the session.',
    alarm_id: 'Identifies the alarm in paths: 24 hexadecimal digits.',
    created_at: 'When the log-in was, in UTC (ISO 8601).',
    user_agent: 'The program that logged in, as the header `User-Agent` names it. An empty string if the request had none.',
    age: 'In years; null if it is not known.',
    location: 'Where the person is. Alarms name it. An empty string if it is not known.',
    military_status: 'Whether the person serves or has served in the military.',
    ptsd_level: 'From 1 to 5; null if it is not known.',
    music: 'The id of the music track that an alarm plays; null for none.',
    therapist_contact: 'The id of the therapist whom alarms notify; null for none.',
    scenario: 'The id of the scenario: what an alarm does. Null for none, and then an alarm cannot be triggered.',
    'AlarmTriggered.scenario': 'The name of the scenario.',
    'Alarm.scenario': 'The name of the scenario.',
    updated_data: 'The user info after the change, without the music track.',
    'SupportMessage.message': 'The text of the message.',
    name: 'What the record is called.',
    'EmergencyContact.name': 'The name of the contact, as messages use it.',
    'addContact.name': 'The name of the contact, as messages use it.',
    'TherapistContact.name': 'The name of the therapist, as messages use it.',
    'addTherapist.name': 'The name of the therapist, as messages use it.',
    'changeTherapist.name': 'The name of the therapist, as messages use it.',
    'CrisisLine.name': 'The name of the crisis line.',
    phone: 'A phone number that can be dialled from abroad, beginning with `+` and the code of the country.',
    email: 'Where alarms send their first message. An empty string if there is none.',
    'TherapistContact.email': 'Where alarms send their first message.',
    'register.email': 'It may be left out or empty.',
    relationship: 'Who the contact is to the person, for example `sister`.',
    url: 'Where the track is.',
    play_music: 'Whether an alarm plays the music track.',
    notify_contact: 'Whether an alarm notifies the emergency contacts.',
    notify_therapist: 'Whether an alarm notifies the therapist.',
    messages: 'The messages of the conversation, oldest first.',
    'AlarmTriggered.messages': 'What the alarm does: first the music, then each contact, then the therapist.',
    music_url: 'Where the music track is, to be played.',
    status: '`open` until the alarm is acknowledged or cancelled.',
    triggered_at: 'When the alarm was triggered, in UTC (ISO 8601).',
    acknowledged_at: 'When it was acknowledged, in UTC (ISO 8601); null while it is open.',
    deliveries: 'The messages of the alarm, one for each recipient and step.',
    step: 'Step 1 is at the trigger, steps 2 and 3 follow while no one has acknowledged the alarm. Step 0 is a message at its end: that staff answer it, or an all-clear.',
    recipient: 'Who gets the message: a name, or the support desk.',
    attempts: 'How often it was tried to send the message.',
    updated_at: 'When the state of the message last changed, in UTC (ISO 8601).',
    note: 'A free text of the user who acknowledges the alarm.',
    resources: 'Where help can be found at once.',
    country: 'Where the crisis line is.',
    contact: 'How to reach the crisis line: a number to call or text, or an address.',
    from_admin: 'Whether staff wrote the message.',
    sender_id: 'The id of the account that wrote the message; 0 if it was imported and has no account here.',
    sent_at: 'When the message was stored, in UTC (ISO 8601).',
    exported_at: 'When the conversation was downloaded, in UTC (ISO 8601).',
    revoked: 'How many sessions were ended.',
    alarms: 'At most 100.',
    text: 'The message to the assistant.',
    response: 'The answer of the assistant. If the message is about suicide or self-harm, it contains crisis lines.',
    is_admin: 'Whether the caller is staff in this conversation.',
    websocket_url: 'The URL of the socket, on the host of the request.',
    'listSupportMessages.limit': 'The maximum number of messages, 50 by default.',
    'Alarm.acknowledged_by': 'A username.',
    'Alarm.note': 'What was written at the acknowledgement, or an empty string.',
    'AlarmDelivery.channel': '`email`, `sms` or `webhook`.',
    'AlarmDelivery.state':
      '`kept`: stored in the outbox and not sent, because no provider is configured for the channel. `withheld`: never sent, because of the limits of a day.',
    'LiveSession.current': 'The session that makes this request.',
    'LiveSession.id': 'Identifies the session when it is ended.',
    'LiveSession.kind': 'A token, a browser session, or an access token with its refresh token.',
    'LiveSession.last_seen': 'The day, in UTC.',
    'connectToDesk.since':
      'The id of the last message (at the desk: the last event) that the client has seen. Everything after it is sent first.',
    'connectToDesk.token': 'A credential, for clients that cannot set headers. It is not logged.',
    'connectToDeskByShortPath.since':
      'The id of the last message (at the desk: the last event) that the client has seen. Everything after it is sent first.',
    'connectToDeskByShortPath.token': 'A credential, for clients that cannot set headers. It is not logged.',
    'connectToRoom.since':
      'The id of the last message (at the desk: the last event) that the client has seen. Everything after it is sent first.',
    'connectToRoom.token': 'A credential, for clients that cannot set headers. It is not logged.',
    'listSupportMessages.before': 'The id of a message. The page ends before it.',
    'listSupportMessages.unread': 'How many messages of the other side the caller has not read.',
  },
}
