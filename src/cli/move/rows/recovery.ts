import { MAX_CONTACTS, PTSD_LEVEL, RECOVERY_AGE } from '../../../model/recovery.ts'
import { contact, scenario, therapist, track, userInfo } from '../models/recovery.ts'
import { targetTable } from '../target/table.ts'
import { flag, inRange, NO_ACCOUNT, phaseOf, present, row, stays, textFrom } from './placing.ts'
import { turns } from './recovery-chats.ts'

/** recovery: what alarms depend on. */

const tracks = phaseOf(track, targetTable('music_tracks'), {
  place: ({ key, fields: { name, url } }, { existing }) => {
    const values = { name: textFrom(name), url: textFrom(url) }
    const same = existing.find('tracks', [values.name, values.url])
    return same === null ? row(Number(key), values) : present(same)
  },
})

const scenarios = phaseOf(scenario, targetTable('alarm_scenarios'), {
  place: ({ key, fields }, { existing }) => {
    const values = {
      name: textFrom(fields.name),
      play_music: flag(fields.play_music),
      notify_contact: flag(fields.notify_contact),
      notify_therapist: flag(fields.notify_therapist),
    }
    const same = existing.find('scenarios', [values.name, values.play_music, values.notify_contact, values.notify_therapist])
    return same === null ? row(Number(key), values) : present(same)
  },
})

const therapistRows = phaseOf(therapist, targetTable('therapists', { unwatched: ['created_at'] }), {
  place: ({ key, fields: { user, name, phone, email } }, around) => {
    const account = around.account(user)
    if (account === null) return stays(NO_ACCOUNT)
    around.claim('therapist of', `${key} ${account}`)
    const values = { account_id: account, name: textFrom(name), phone: textFrom(phone), email: textFrom(email), created_at: around.now }
    return row(Number(key), values)
  },
})

const contacts = phaseOf(contact, targetTable('emergency_contacts', { unwatched: ['created_at', 'email_digest', 'phone_digest'] }), {
  place: async ({ key, fields }, around) => {
    const account = around.account(fields.user)
    if (account === null) return stays(NO_ACCOUNT)
    const places = Array.from({ length: MAX_CONTACTS }, (_, index) => `${account} ${index}`)
    if (!places.some((place) => around.claim('contact', place))) {
      return stays(`a person may have ${MAX_CONTACTS} contacts, and these are the newest of more`)
    }
    const addresses = { email: textFrom(fields.email), phone: textFrom(fields.phone) }
    const [emailDigest, phoneDigest] = await around.contactDigests(account, addresses)
    const isReachable = addresses.email !== '' || addresses.phone !== ''
    return row(
      Number(key),
      {
        account_id: account,
        name: textFrom(fields.name),
        ...addresses,
        relationship: textFrom(fields.relationship),
        created_at: around.now,
        email_digest: emailDigest,
        phone_digest: phoneDigest,
      },
      { notes: [isReachable ? null : 'no alarm reaches this contact: there is neither an e-mail address nor a phone number'] },
    )
  },
})

const numberOf = (target: string | null): number | null => (target === null ? null : Number(target))

const profiles = phaseOf(userInfo, targetTable('recovery_profiles'), {
  place: ({ fields }, around) => {
    const account = around.account(fields.user)
    if (account === null) return stays(NO_ACCOUNT)
    if (!around.claim('recovery profile', `${account}`)) return stays('the account has another profile, which is older')
    const age = inRange('the age', fields.age, RECOVERY_AGE)
    const level = inRange('the PTSD level', fields.ptsd_level, PTSD_LEVEL)
    const chosen = numberOf(around.moved(therapist.name, fields.therapist_contact))
    const isOwn = around.isClaimed('therapist of', `${fields.therapist_contact} ${account}`)
    const lost = (name: string, reference: unknown, found: number | null): string | null =>
      reference !== null && found === null ? `${name} that it names is gone: it has none` : null
    const music = numberOf(around.moved(track.name, fields.music))
    const scenarioId = numberOf(around.moved(scenario.name, fields.scenario))
    return row(
      `${account}`,
      {
        account_id: account,
        age: age.value,
        location: textFrom(fields.location),
        military_status: flag(fields.military_status),
        ptsd_level: level.value,
        music_id: music,
        therapist_id: isOwn ? chosen : null,
        scenario_id: scenarioId,
      },
      {
        notes: [
          age.note,
          level.note,
          lost('the therapist', fields.therapist_contact, chosen),
          chosen !== null && !isOwn ? 'it names the therapist of another account: it has none' : null,
          lost('the track', fields.music, music),
          lost('the scenario', fields.scenario, scenarioId),
        ],
      },
    )
  },
})

export const RECOVERY_PHASES = [tracks, scenarios, therapistRows, contacts, profiles, turns]
