import { practiceProfile } from '../models/mindharmony.ts'
import { type ContractAnswers, pictureQuestion, question, shownText, urlOf, wireTime } from './contract.ts'
import { Rows } from './expected.ts'
import type { Person } from './facts.ts'

/** mindharmony: who the caller is, and the profile, which has a number of its own. */

const userOf = ({ number, name, fields }: Person) => ({ id: number, username: name, email: shownText(fields.email).trim() })

export const MINDHARMONY: ContractAnswers = {
  collect: {
    [practiceProfile.name]: ({ record: { keyText, fields }, placement }, facts) =>
      facts.add('profile', keyText, fields.user, {
        bio: shownText(fields.bio),
        picture: placement.type === 'row' ? placement.picture : null,
      }),
    // The original has no profile of these accounts, and so no number.
    [`${practiceProfile.name} of accounts without one`]: ({ record, placement }, facts) => {
      if (placement.type !== 'row') return
      facts.add('profile', `${placement.values.former_id}`, record.key, { bio: '', picture: null })
    },
  },
  questions: (person, facts) => {
    const [profile] = facts.of(person, 'profile')
    const { bio = '', picture = null } = profile?.fields ?? {}
    const details = question('/user/user-details/', {
      user: userOf(person),
      bio: shownText(bio),
      profile_picture: typeof picture === 'string' ? urlOf(picture) : null,
      created_at: wireTime(person.fields.date_joined),
    })
    // The original stored no practice sessions.
    const sessions = question('/session/', new Rows('practice session', 'id', []))
    const pictures = typeof picture === 'string' ? [pictureQuestion(picture)] : []
    if (!profile) return [details, sessions]
    const body = { id: Number(profile.id), bio: shownText(bio), location: '', user: userOf(person) }
    return [details, question('/user/profile/{id}', body, { path: `/user/profile/${profile.id}` }), sessions, ...pictures]
  },
  shared: () => [],
  closed: { status: 401, body: { detail: 'User inactive or deleted.' } },
}
