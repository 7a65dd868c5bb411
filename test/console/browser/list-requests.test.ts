import { describe, expect, test } from 'vitest'
import { ListRequests } from '../../../src/console/browser/list-requests.ts'

const deferred = () => Promise.withResolvers<string>()

describe('requests for a list that events change', () => {
  test('an answer has the events that arrived while it was in flight, and no others', async () => {
    const requests = new ListRequests<number>()
    const { promise, resolve } = deferred()
    requests.record([1])
    const answer = requests.send(() => promise)
    requests.record([2, 3])
    resolve('list')
    expect(await answer).toEqual({ response: 'list', updates: [2, 3], isOutdated: false })
    requests.record([4])
    expect(await requests.send(async () => 'again')).toEqual({ response: 'again', updates: [], isOutdated: false })
  })

  test('each of two requests has the events since it was sent', async () => {
    const requests = new ListRequests<number>()
    const [first, second] = [deferred(), deferred()]
    const answers = [requests.send(() => first.promise)]
    requests.record([1])
    answers.push(requests.send(() => second.promise))
    requests.record([2])
    first.resolve('first')
    second.resolve('second')
    expect(await Promise.all(answers)).toEqual([
      { response: 'first', updates: [1, 2], isOutdated: false },
      { response: 'second', updates: [2], isOutdated: false },
    ])
  })

  test('an answer is outdated if a later request was answered before it, but not if that request failed', async () => {
    const requests = new ListRequests<number>()
    const [first, second, third] = [deferred(), deferred(), deferred()]
    const answers = [first, second, third].map(({ promise }) => requests.send(() => promise))
    third.reject(new Error('no connection'))
    await expect(answers[2]).rejects.toThrow('no connection')
    second.resolve('second')
    expect(await answers[1]).toMatchObject({ isOutdated: false })
    first.resolve('first')
    expect(await answers[0]).toMatchObject({ response: 'first', isOutdated: true })
  })

  test('after a log-out, what is in flight is not an answer', async () => {
    const requests = new ListRequests<number>()
    const { promise, resolve } = deferred()
    const answer = requests.send(() => promise)
    requests.cancel()
    resolve('list of the previous user')
    expect(await answer).toBeNull()
    expect(await requests.send(async () => 'own list')).toMatchObject({ response: 'own list', isOutdated: false })
  })
})
