import { call } from '../support/call.ts'
import { jpeg } from '../support/images.ts'
import { insertPreferenceFor, insertProfileFor, plan } from '../support/matrimony.ts'
import { PASSWORD, type Person, person } from '../support/people.ts'
import { LOGIN_REASON, loggingIn, member, newcomer, otherMember, staff } from './callers.ts'
import { by, once, type Row } from './measure.ts'

const NAMES = { first_name: 'Some', last_name: 'One' }

const newRegistration = () => ({ json: { ...newcomer(), ...NAMES, phone_number: '+919023459789' } })
const withPlanId = async () => ({ json: { subscription_plan: await plan() } })
const newRegistrationWithPlan = async () => ({ json: { ...newcomer(), ...NAMES, ...(await withPlanId()).json } })
const newAdmin = () => ({ json: { ...newcomer(), ...NAMES, role: 'admin' } })

const LAST = { query: '?page=last' }

const newMember = async () => ({ params: { id: (await person()).id } })

const passwordChange = ({ username }: Person) => ({ json: { username, old_password: PASSWORD, new_password: 'horse battery 9!' } })

const PROFILE = { Gender: 'Female', Date_of_Birth: '1998-04-12', Height: '165', Religion: 'Hindu', Profession: 'Teacher', Bio: 'Books.' }

const form = (fields: Record<string, string>) => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  data.set('Profile_img', new File([jpeg()], 'me.jpg', { type: 'image/jpeg' }))
  return { form: data }
}

/** A new member who has a profile with a picture. */
const newMemberWithProfile = async () => {
  const created = await person()
  await call('POST', '/profile/', { as: created.token, body: form(PROFILE).form })
  return created
}
const memberWithProfile = once(newMemberWithProfile)

const PREFERENCE = { Age: [25, 32], Gender: 'Male', Profession: ['Teacher', 'Doctor'], Religion: ['Hindu'] }

const memberWithPreference = once(async () => {
  const created = await person()
  await insertPreferenceFor(created)
  return created
})

/** Two members with a profile and a preference each. */
const pair = once(async () => {
  const both = await Promise.all([person(), person()])
  for (const one of both) await Promise.all([insertProfileFor(one), insertPreferenceFor(one)])
  return both
})
const pairMember = async () => (await pair())[0]
const pairInBody = async ({ id }: Person) => ({ json: { user1_id: id, user2_id: (await pair())[1].id } })
const pairInQuery = async ({ id }: Person) => ({ query: `?user1_id=${id}&user2_id=${(await pair())[1].id}` })

const other = async () => ({ params: { user_id: (await otherMember()).id } })
const reported = async () => ({ ...(await other()), json: { reason: 'Asks for money.' } })
const blocked = async ({ token }: Person) => {
  const { params } = await other()
  await call('POST', `/matching/block/${params.user_id}/`, { as: token })
  return { params }
}

const PASSWORD_REASON = 'the counters of the username need the username; the new hash is written after the old password has been verified'
const PICTURE_REASON = 'the caller is checked before the picture is stored in the bucket'
const ADMIN_REASON = 'the caller is checked before the password is hashed'
const PLAN_REASON = 'the plan is checked before the password is hashed'

export const MATRIMONY_MEMBERS: readonly Row[] = [
  ['POST', '/users/', { status: 201, roundTrips: 1, statements: 3 }, newRegistration],
  ['POST', '/users/', { status: 201, roundTrips: 2, statements: 5, when: 'with a plan', reason: PLAN_REASON }, newRegistrationWithPlan],
  ['POST', '/users/', { status: 201, roundTrips: 2, statements: 4, when: 'by an admin', reason: ADMIN_REASON }, by(staff, newAdmin)],
  ['POST', '/users/login/', { status: 200, roundTrips: 2, statements: 7, reason: LOGIN_REASON }, loggingIn],
  ['POST', '/users/logout/', { status: 200, roundTrips: 1, statements: 2 }, by(person)],
  ['GET', '/users/byId/', { status: 200, roundTrips: 1, statements: 1 }, by(member)],
  ['PUT', '/users/byId/', { status: 200, roundTrips: 1, statements: 7 }, by(member, { json: NAMES })],
  ['PATCH', '/users/byId/', { status: 200, roundTrips: 1, statements: 7 }, by(member, { json: NAMES })],
  ['PATCH', '/users/byId/', { status: 200, roundTrips: 1, statements: 8, when: 'with a plan' }, by(member, withPlanId)],
  [
    'PUT',
    '/users/byId/',
    { status: 200, roundTrips: 2, statements: 7, when: 'with a username', reason: 'it may be the one that the contract shows' },
    by(person, ({ username }) => ({ json: { username: `${username}.2` } })),
  ],
  ['PATCH', '/users/deactivate/', { status: 200, roundTrips: 1, statements: 4 }, by(person)],
  ['PUT', '/users/deactivate/', { status: 200, roundTrips: 1, statements: 4 }, by(person)],
  ['PUT', '/users/reset/', { status: 200, roundTrips: 3, statements: 9, reason: PASSWORD_REASON }, by(person, passwordChange)],
  ['GET', '/users/listusers/', { status: 200, roundTrips: 1, statements: 3 }, by(staff)],
  ['GET', '/users/listusers/', { status: 200, roundTrips: 1, statements: 3, when: 'the last page' }, by(staff, LAST)],
  ['GET', '/users/activeusers/', { status: 200, roundTrips: 1, statements: 3 }, by(staff)],
  ['GET', '/users/inactiveusers/', { status: 200, roundTrips: 1, statements: 2 }, by(staff)],
  ['PATCH', '/users/deactivateuser/{id}', { status: 200, roundTrips: 1, statements: 5 }, by(staff, newMember)],
  ['POST', '/profile/', { status: 201, roundTrips: 2, statements: 6, reason: PICTURE_REASON }, by(person, form(PROFILE))],
  ['GET', '/profile/', { status: 200, roundTrips: 1, statements: 3 }, by(member)],
  ['GET', '/profile/', { status: 200, roundTrips: 1, statements: 3, when: 'the last page' }, by(member, LAST)],
  ['GET', '/profile/byid/', { status: 200, roundTrips: 1, statements: 2 }, by(memberWithProfile)],
  [
    'PUT',
    '/profile/byid/',
    { status: 200, roundTrips: 2, statements: 6, when: 'with a new picture', reason: PICTURE_REASON },
    by(memberWithProfile, form(PROFILE)),
  ],
  ['PATCH', '/profile/byid/', { status: 200, roundTrips: 1, statements: 5 }, by(memberWithProfile, { json: { Bio: 'Rain.' } })],
  ['DELETE', '/profile/byid/', { status: 200, roundTrips: 1, statements: 4 }, by(newMemberWithProfile)],
  ['POST', '/preference/', { status: 201, roundTrips: 1, statements: 5 }, by(person, { json: PREFERENCE })],
  ['GET', '/preference/preferencebyId/', { status: 200, roundTrips: 1, statements: 2 }, by(memberWithPreference)],
  ['PUT', '/preference/preferencebyId/', { status: 200, roundTrips: 1, statements: 5 }, by(memberWithPreference, { json: PREFERENCE })],
  ['PATCH', '/preference/preferencebyId/', { status: 200, roundTrips: 1, statements: 5 }, by(memberWithPreference, { json: PREFERENCE })],
  ['GET', '/matching/find-match/', { status: 201, roundTrips: 1, statements: 4 }, by(pairMember, pairInQuery)],
  ['POST', '/matching/find-match/', { status: 201, roundTrips: 1, statements: 4 }, by(pairMember, pairInBody)],
  ['GET', '/matching/find-all-matches/', { status: 200, roundTrips: 1, statements: 3 }, by(pairMember)],
  ['POST', '/matching/block/{user_id}/', { status: 201, roundTrips: 1, statements: 9 }, by(person, other)],
  ['DELETE', '/matching/block/{user_id}/', { status: 200, roundTrips: 1, statements: 2 }, by(person, blocked)],
  ['POST', '/matching/report/{user_id}/', { status: 201, roundTrips: 1, statements: 4 }, by(member, reported)],
]
