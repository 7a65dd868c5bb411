import { describe, expect, test } from 'vitest'
import { call } from '../../support/call.ts'
import { pages } from '../../support/meetups.ts'
import { type Person, person } from '../../support/people.ts'

/** The list of users, and the search in it, as the contract's document defines it. */

describe('GET /api/users/', () => {
  const rename = (account: Person, first_name: string, last_name: string) =>
    call('PATCH', '/api/profile/update/', { as: account.token, json: { first_name, last_name } })

  test('a search matches the beginning of the username, first name or last name, oldest account first', async () => {
    const stem = `q${crypto.randomUUID().slice(0, 6)}`
    const [reader, byLast, byFirst, byUsername] = [await person(), await person(), await person(), await person(stem)]
    await rename(byLast, 'Ann', `${stem}son`)
    await rename(byFirst, `${stem.toUpperCase()}ann`, 'Lee')
    const search = async (prefix: string) =>
      (await pages(reader, `/api/users/?limit=1&search=${encodeURIComponent(prefix)}`))
        .flatMap((page) => [page.json].flat())
        .map((one) => Reflect.get(Object(one), 'id'))
    expect(await search(stem)).toEqual([byLast.objectId, byFirst.objectId, byUsername.objectId])
    expect(await search(` ${stem.toUpperCase()} `)).toEqual([byLast.objectId, byFirst.objectId, byUsername.objectId])
    expect(await search(`${stem}s`)).toEqual([byLast.objectId])
    expect(await search(stem.slice(1))).toEqual([])
    expect(await search(`${stem}%`)).toEqual([])

    await rename(byLast, 'Ann', 'Lee')
    await call('PATCH', '/users/deactivate/', { as: byFirst.token, json: {} })
    expect(await search(stem)).toEqual([byUsername.objectId])
  })

  test('a search longer than the indexed prefix of a name, and one that starts with a letter beyond Z', async () => {
    const [reader, long, longer, elodie] = [await person(), await person(), await person(), await person()]
    const stem = `${'w'.repeat(8)}${crypto.randomUUID().replaceAll('-', '')}`
    await rename(long, `${stem}a`, 'Lee')
    await rename(longer, 'Ann', `${stem.toUpperCase()}B`)
    const tail = crypto.randomUUID().slice(0, 8)
    await rename(elodie, `Élodie${tail}`, 'Lee')
    const search = async (prefix: string) =>
      [(await call('GET', `/api/users?search=${encodeURIComponent(prefix)}`, { as: reader.token })).json]
        .flat()
        .map((one) => Reflect.get(Object(one), 'id'))
    expect(await search(stem)).toEqual([long.objectId, longer.objectId])
    expect(await search(`${stem}b`)).toEqual([longer.objectId])
    expect(await search(`${stem}c`)).toEqual([])
    expect(await search(`élodie${tail}`)).toEqual([elodie.objectId])
    expect(await search(`Élodie${tail}`)).toEqual([elodie.objectId])
    await rename(elodie, `ÉLO-É${tail}`, 'Lee')
    expect(await search(`ÉLO-É${tail}`)).toEqual([elodie.objectId])
  })
})
