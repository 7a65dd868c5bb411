import { describe, expect, test } from 'vitest'
import { call, textAt } from '../../support/call.ts'
import { addedId, addRsvp, ids, pages, UNKNOWN_ID } from '../../support/meetups.ts'
import { type Person, person, personWith } from '../../support/people.ts'

/** RSVPs, as the contract's document defines them. */

describe('/api/rsvp/', () => {
  test('an RSVP is added, listed and deleted', async () => {
    const [ross, rachel] = [await person(), await person()]
    const plan = await addedId(ross)
    expect((await call('GET', `/api/rsvp/plan/${plan}`, { as: ross.token })).text).toBe('{"data":[]}')
    const added = await addRsvp(rachel, plan)
    const id = textAt(added, 'id')
    const data = `"plan_id":"${plan}","user_id":"${rachel.objectId}","created_at":"${textAt(added, 'data', 'created_at')}"`
    expect([added.status, added.text]).toEqual([201, `{"message":"RSVP created","id":"${id}","data":{${data}}}`])
    const again = await addRsvp(rachel, plan)
    expect([again.status, again.text]).toEqual([400, `{"error":"User has already RSVP'd to this plan"}`])

    expect((await call('GET', `/api/rsvp/plan/${plan}/`, { as: ross.token })).text).toBe(`{"data":[{"_id":"${id}",${data}}]}`)
    expect((await call('GET', '/api/rsvp/user/', { as: rachel.token })).text).toBe(`{"data":[{"_id":"${id}",${data}}]}`)
    expect((await call('GET', '/api/rsvp/user', { as: ross.token })).text).toBe('{"data":[]}')

    const removed = await call('DELETE', `/api/rsvp/${id}/delete`, { as: rachel.token })
    expect([removed.status, removed.text]).toEqual([200, `{"message":"RSVP ${id} deleted successfully"}`])
    const deleted = await call('DELETE', `/api/rsvp/${id}/delete`, { as: rachel.token })
    expect([deleted.status, deleted.text]).toEqual([404, '{"error":"RSVP not found"}'])
    expect((await addRsvp(rachel, plan)).status).toBe(201)
  })

  test('invalid requests', async () => {
    const ross = await person()
    const addError = async (json: unknown) => {
      const { status, text } = await call('POST', '/api/rsvp/add', { as: ross.token, json })
      return [status, text]
    }
    expect(await addError({})).toEqual([400, '{"plan_id":["This field is required."]}'])
    expect(await addError({ plan_id: '' })).toEqual([400, '{"plan_id":["This field may not be blank."]}'])
    expect(await addError({ plan_id: null })).toEqual([400, '{"plan_id":["This field may not be null."]}'])
    expect(await addError({ plan_id: ['x'] })).toEqual([400, '{"plan_id":["Not a valid string."]}'])
    expect(await addError({ plan_id: 12 })).toEqual([400, '{"error":"Invalid ID"}'])
    expect(await addError({ plan_id: UNKNOWN_ID })).toEqual([404, '{"error":"Plan not found"}'])
    const list = await call('GET', `/api/rsvp/plan/${UNKNOWN_ID}`, { as: ross.token })
    expect([list.status, list.text]).toEqual([404, '{"error":"Plan not found"}'])
  })

  test('a full plan rejects RSVPs, and its capacity cannot be set below its RSVPs', async () => {
    const [ross, rachel, third] = [await person(), await person(), await person()]
    const plan = await addedId(ross, { capacity: '1' })
    expect((await addRsvp(rachel, plan)).status).toBe(201)
    const full = await addRsvp(third, plan)
    expect([full.status, full.text]).toEqual([400, '{"error":"Plan is full"}'])
    expect((await addRsvp(rachel, plan)).text).toBe(`{"error":"User has already RSVP'd to this plan"}`)
    const edit = (capacity: number | null) => call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json: { capacity } })
    expect((await edit(2)).status).toBe(200)
    expect((await addRsvp(third, plan)).status).toBe(201)
    const less = await edit(1)
    expect([less.status, less.text]).toEqual([400, '{"capacity":["Ensure this value is greater than or equal to 2."]}'])
    expect((await edit(null)).status).toBe(200)
    expect((await addRsvp(ross, plan)).status).toBe(201)
  })

  test('its owner, the creator of the plan and staff can delete an RSVP', async () => {
    const [ross, rachel, third, staff] = [await person(), await person(), await person(), await personWith('is_admin')]
    const plan = await addedId(ross)
    const remove = async (as: Person, id: string) => {
      const { status, text } = await call('DELETE', `/api/rsvp/${id}/delete`, { as: as.token })
      return [status, text]
    }
    const first = textAt(await addRsvp(rachel, plan), 'id')
    expect(await remove(third, first)).toEqual([403, '{"error":"User unauthorized to delete this RSVP."}'])
    expect(await remove(ross, first)).toEqual([200, `{"message":"RSVP ${first} deleted successfully"}`])
    const second = textAt(await addRsvp(rachel, plan), 'id')
    expect((await remove(staff, second))[0]).toBe(200)

    const secret = await addedId(ross, { visibility: 'private' })
    const own = textAt(await addRsvp(ross, secret), 'id')
    expect(await remove(third, own)).toEqual([404, '{"error":"RSVP not found"}'])
    expect(await remove(third, UNKNOWN_ID)).toEqual([404, '{"error":"RSVP not found"}'])
  })

  test('users can delete their own RSVP by the plan id, even when they can no longer see the plan', async () => {
    const [ross, rachel] = [await person(), await person()]
    const plan = await addedId(ross)
    const remove = async (as: Person, id: string) => {
      const { status, text } = await call('DELETE', `/api/rsvp/plan/${id}/delete`, { as: as.token })
      return [status, text]
    }
    await addRsvp(rachel, plan)
    expect(await remove(ross, plan)).toEqual([404, '{"error":"RSVP not found"}'])
    await call('PUT', `/api/plans/${plan}/edit`, { as: ross.token, json: { visibility: 'private' } })
    expect(await remove(rachel, plan)).toEqual([200, `{"message":"RSVP for plan ${plan} deleted successfully"}`])
    expect(await remove(rachel, plan)).toEqual([404, '{"error":"RSVP not found"}'])
    expect(await remove(rachel, UNKNOWN_ID)).toEqual([404, '{"error":"RSVP not found"}'])
  })

  test('both lists are paged', async () => {
    const ross = await person()
    const plan = await addedId(ross)
    const expected: string[] = []
    for (let n = 0; n < 5; n++) expected.push(textAt(await addRsvp(await person(), plan), 'id'))
    expect((await pages(ross, `/api/rsvp/plan/${plan}?limit=2`)).flatMap((page) => ids(page, 'data'))).toEqual(expected)
    const own: string[] = []
    for (let n = 0; n < 3; n++) own.push(textAt(await addRsvp(ross, await addedId(ross)), 'id'))
    expect((await pages(ross, '/api/rsvp/user?limit=1')).flatMap((page) => ids(page, 'data'))).toEqual(own)
  })
})
