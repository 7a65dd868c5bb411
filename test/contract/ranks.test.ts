import { beforeAll, describe, expect, test } from 'vitest'
import { at, call } from '../support/call.ts'
import { accountRow } from '../support/contracts.ts'
import { type Person, person, personWith } from '../support/people.ts'

/** Nobody acts on somebody of a higher rank, and nobody gives a right that they do not have themselves. */

type Flag = 'is_staff' | 'is_admin' | 'is_superuser'

/** From the lowest rank to the highest. The number is the rank. */
const RANKS: readonly (readonly [name: string, rank: number, flags: readonly Flag[]])[] = [
  ['a member', 0, []],
  ['staff', 1, ['is_staff']],
  ['an admin', 2, ['is_admin']],
  ['an admin who is staff', 2, ['is_admin', 'is_staff']],
  ['a superuser', 3, ['is_superuser']],
  ['a superuser with all flags', 3, ['is_superuser', 'is_admin', 'is_staff']],
]

const PAIRS = RANKS.flatMap((actor) => RANKS.map((target) => [`${actor[0]} on ${target[0]}`, actor, target] as const))

const withFlags = (flags: readonly Flag[]): Promise<Person> => (flags.length > 0 ? personWith(...flags) : person())

/** Each privileged route that acts on another account, and the flags of which one is enough to use it. */
const ROUTES: readonly (readonly [
  title: string,
  flags: readonly Flag[],
  send: (actor: Person, target: Person) => ReturnType<typeof call>,
  isChanged: (target: Person) => Promise<boolean>,
])[] = [
  [
    'matrimony suspends',
    ['is_admin'],
    (actor, target) => call('PATCH', `/users/deactivateuser/${target.id}`, { as: actor.token }),
    async (target) => Object((await accountRow(target.username)) ?? {}).is_active === 0,
  ],
  [
    'mindharmony changes a profile',
    ['is_staff', 'is_admin', 'is_superuser'],
    (actor, target) => call('PATCH', `/user/profile/${target.id}`, { as: actor.token, json: { bio: 'changed' } }),
    async (target) => at(await call('GET', '/user/user-details/', { as: target.token }), 'bio') === 'changed',
  ],
  [
    'recovery changes user info',
    ['is_staff', 'is_admin', 'is_superuser'],
    (actor, target) => call('PATCH', `/api/v1/user/edit/${target.id}/`, { as: actor.token, json: { location: 'changed' } }),
    async (target) => at(await call('GET', `/api/v1/user/${target.id}/`, { as: target.token }), 'location') === 'changed',
  ],
]

describe.each(ROUTES)('%s', (_title, enough, send, isChanged) => {
  test.each(PAIRS)('%s', async (_pair, [, actorRank, actorFlags], [, targetRank, targetFlags]) => {
    const [actor, target] = [await withFlags(actorFlags), await withFlags(targetFlags)]
    const response = await send(actor, target)
    const mayUse = enough.some((flag) => actorFlags.includes(flag))
    const isAllowed = mayUse && actorRank >= targetRank
    if (isAllowed) expect(response.status).toBe(200)
    else if (mayUse) expect(response.status).toBe(403)
    else expect([403, 404]).toContain(response.status)
    expect(await isChanged(target)).toBe(isAllowed)
    // A target that was not suspended is still logged in.
    const isLoggedIn = (await call('GET', '/session/', { as: target.token })).status === 200
    expect(isLoggedIn).toBe(!(isAllowed && enough.length === 1))
  })
})

describe('PUT /users/byId/', () => {
  test.each(RANKS)('by %s sets only the flags of rights that the caller has', async (_name, rank, flags) => {
    const caller = await withFlags(flags)
    const before = Object((await accountRow(caller.username)) ?? {})
    const json = { is_staff: true, is_admin: true, is_superuser: true }
    expect((await call('PUT', '/users/byId/', { as: caller.token, json })).status).toBe(200)
    const after = Object((await accountRow(caller.username)) ?? {})
    const all = rank === 3
    expect([after.is_staff, after.is_admin, after.is_superuser]).toEqual([
      all ? 1 : before.is_staff,
      all ? 1 : before.is_admin,
      all ? 1 : before.is_superuser,
    ])
  })
})

describe('two requests at once', () => {
  let admins: [Person, Person]
  beforeAll(async () => {
    admins = [await withFlags(['is_admin']), await withFlags(['is_admin'])]
  })

  test('two admins who suspend each other at the same time: no 5xx, and at least one of them is suspended', async () => {
    const [first, second] = admins
    const responses = await Promise.all([
      call('PATCH', `/users/deactivateuser/${second.id}`, { as: first.token }),
      call('PATCH', `/users/deactivateuser/${first.id}`, { as: second.token }),
      call('PATCH', `/users/deactivateuser/${second.id}`, { as: first.token }),
    ])
    for (const { status } of responses) expect([200, 400, 401, 403]).toContain(status)
    expect(responses.some(({ status }) => status === 200)).toBe(true)
  })
})
