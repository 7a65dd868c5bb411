import { call } from '../support/call.ts'
import { jpeg } from '../support/images.ts'
import { plan, profileOf, wishOf } from '../support/matrimony.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { by, once, type Row } from './ask.ts'
import { another, HASHED, knocking, newcomer, somebody, staff } from './cast.ts'

const NAMES = { first_name: 'Some', last_name: 'One' }

const registering = () => ({ json: { ...newcomer(), ...NAMES, phone_number: '+919023459789' } })
const choosing = async () => ({ json: { subscription_plan: await plan() } })
const subscribing = async () => ({ json: { ...newcomer(), ...NAMES, ...(await choosing()).json } })
const adding = () => ({ json: { ...newcomer(), ...NAMES, role: 'admin' } })

const LAST = { query: '?page=last' }

const member = async () => ({ params: { id: (await person()).id } })

const resetting = ({ username }: Person) => ({ json: { username, old_password: PASSWORD, new_password: 'horse battery 9!' } })

const SAID = { Gender: 'Female', Date_of_Birth: '1998-04-12', Height: '165', Religion: 'Hindu', Profession: 'Teacher', Bio: 'Books.' }

const form = (fields: Record<string, string>) => {
  const made = new FormData()
  for (const [name, value] of Object.entries(fields)) made.set(name, value)
  made.set('Profile_img', new File([jpeg()], 'me.jpg', { type: 'image/jpeg' }))
  return { form: made }
}

/** Somebody who has a profile, with a picture. */
const shown = async () => {
  const made = await person()
  await call('POST', '/profile/', { as: made.token, body: form(SAID).form })
  return made
}
const profiled = once(shown)

const WISH = { Age: [25, 32], Gender: 'Male', Profession: ['Teacher', 'Doctor'], Religion: ['Hindu'] }

const wishing = once(async () => {
  const made = await person()
  await wishOf(made)
  return made
})

/** Two who have all that is compared. */
const pair = once(async () => {
  const both = await Promise.all([person(), person()])
  for (const one of both) await Promise.all([profileOf(one), wishOf(one)])
  return both
})
const seeker = async () => (await pair())[0]
const compared = async ({ id }: Person) => ({ json: { user1_id: id, user2_id: (await pair())[1].id } })
const comparedByQuery = async ({ id }: Person) => ({ query: `?user1_id=${id}&user2_id=${(await pair())[1].id}` })

const other = async () => ({ params: { user_id: (await another()).id } })
const reported = async () => ({ ...(await other()), json: { reason: 'Asks for money.' } })
const blocked = async ({ token }: Person) => {
  const { params } = await other()
  await call('POST', `/matching/block/${params.user_id}/`, { as: token })
  return { params }
}

const REPLACED = 'the hash is read, the password is compared with it, and only then is another one written'
const BEFORE_HASHING = 'a plan that may not be chosen is told before a password is hashed'

export const MATRIMONY_MEMBERS: readonly Row[] = [
  ['POST', '/users/', { status: 201, roundTrips: 1, statements: 2 }, registering],
  ['POST', '/users/', { status: 201, roundTrips: 2, statements: 4, when: 'a plan is chosen', because: BEFORE_HASHING }, subscribing],
  ['POST', '/users/', { status: 201, roundTrips: 2, statements: 3, when: 'an admin makes it' }, by(staff, adding)],
  ['POST', '/users/login/', { status: 200, roundTrips: 2, statements: 5, because: HASHED }, knocking],
  ['POST', '/users/logout/', { status: 200, roundTrips: 2, statements: 2 }, by(person)],
  ['GET', '/users/byId/', { status: 200, roundTrips: 1, statements: 1 }, by(somebody)],
  ['PUT', '/users/byId/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, { json: NAMES })],
  ['PATCH', '/users/byId/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody, { json: NAMES })],
  ['PATCH', '/users/byId/', { status: 200, roundTrips: 2, statements: 4, when: 'a plan is chosen' }, by(somebody, choosing)],
  ['PATCH', '/users/deactivate/', { status: 200, roundTrips: 2, statements: 3 }, by(person)],
  ['PUT', '/users/deactivate/', { status: 200, roundTrips: 2, statements: 3 }, by(person)],
  ['PUT', '/users/reset/', { status: 200, roundTrips: 3, statements: 5, because: REPLACED }, by(person, resetting)],
  ['GET', '/users/listusers/', { status: 200, roundTrips: 2, statements: 3 }, by(staff)],
  ['GET', '/users/listusers/', { status: 200, roundTrips: 2, statements: 3, when: 'the last page is asked for' }, by(staff, LAST)],
  ['GET', '/users/activeusers/', { status: 200, roundTrips: 2, statements: 3 }, by(staff)],
  ['GET', '/users/inactiveusers/', { status: 200, roundTrips: 2, statements: 2 }, by(staff)],
  ['PATCH', '/users/deactivateuser/{id}', { status: 200, roundTrips: 2, statements: 4 }, by(staff, member)],
  ['POST', '/profile/', { status: 201, roundTrips: 2, statements: 5 }, by(person, form(SAID))],
  ['GET', '/profile/', { status: 200, roundTrips: 2, statements: 3 }, by(somebody)],
  ['GET', '/profile/', { status: 200, roundTrips: 2, statements: 3, when: 'the last page is asked for' }, by(somebody, LAST)],
  ['GET', '/profile/byid/', { status: 200, roundTrips: 2, statements: 2 }, by(profiled)],
  ['PUT', '/profile/byid/', { status: 200, roundTrips: 2, statements: 5, when: 'the picture is new' }, by(profiled, form(SAID))],
  ['PATCH', '/profile/byid/', { status: 200, roundTrips: 2, statements: 4 }, by(profiled, { json: { Bio: 'Rain.' } })],
  ['DELETE', '/profile/byid/', { status: 200, roundTrips: 2, statements: 4 }, by(shown)],
  ['POST', '/preference/', { status: 201, roundTrips: 2, statements: 4 }, by(person, { json: WISH })],
  ['GET', '/preference/preferencebyId/', { status: 200, roundTrips: 2, statements: 2 }, by(wishing)],
  ['PUT', '/preference/preferencebyId/', { status: 200, roundTrips: 2, statements: 4 }, by(wishing, { json: WISH })],
  ['PATCH', '/preference/preferencebyId/', { status: 200, roundTrips: 2, statements: 4 }, by(wishing, { json: WISH })],
  ['GET', '/matching/find-match/', { status: 201, roundTrips: 2, statements: 3 }, by(seeker, comparedByQuery)],
  ['POST', '/matching/find-match/', { status: 201, roundTrips: 2, statements: 3 }, by(seeker, compared)],
  ['GET', '/matching/find-all-matches/', { status: 200, roundTrips: 2, statements: 3 }, by(seeker)],
  ['POST', '/matching/block/{user_id}/', { status: 201, roundTrips: 2, statements: 5 }, by(person, other)],
  ['DELETE', '/matching/block/{user_id}/', { status: 200, roundTrips: 2, statements: 2 }, by(person, blocked)],
  ['POST', '/matching/report/{user_id}/', { status: 201, roundTrips: 2, statements: 3 }, by(somebody, reported)],
]
