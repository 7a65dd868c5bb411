import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createContext } from '../../src/compose.ts'
import { settingsSchema } from '../../src/env.ts'
import { objectsOf } from '../../src/rpc/objects.ts'
import { withoutComments } from '../support/declarations.ts'

/** The local runtime has no jurisdictions, so the namespaces are replaced. */
const namespace = <T extends object>(target: T, calls: string[], name: string): T =>
  new Proxy(target, {
    get: (object, property) => {
      if (property !== 'jurisdiction') return Reflect.get(object, property)
      return (jurisdiction: string) => {
        calls.push(`${name} ${jurisdiction}`)
        return object
      }
    },
  })

const bindings = (calls: string[]) => ({
  ACCOUNT_GATE: namespace(env.ACCOUNT_GATE, calls, 'gate'),
  ALARM_DISPATCHER: namespace(env.ALARM_DISPATCHER, calls, 'alarms'),
  SUPPORT_DESK: namespace(env.SUPPORT_DESK, calls, 'desk'),
  SUPPORT_ROOM: namespace(env.SUPPORT_ROOM, calls, 'room'),
})

describe('the objects of accounts', () => {
  test.each(['eu', 'fedramp'] as const)('are in the jurisdiction %s', (jurisdiction) => {
    const calls: string[] = []
    const objects = objectsOf(bindings(calls), jurisdiction)
    expect(calls.sort()).toEqual([`alarms ${jurisdiction}`, `desk ${jurisdiction}`, `gate ${jurisdiction}`, `room ${jurisdiction}`])
    expect(objects.SUPPORT_ROOM).toBe(env.SUPPORT_ROOM)
  })

  test('are in none unless one is set, and another value stops the start', () => {
    const calls: string[] = []
    objectsOf(bindings(calls), createContext(env, createExecutionContext()).settings.jurisdiction)
    expect(calls).toEqual([])
    expect(settingsSchema.safeParse({ JWT_SECRET: 'x'.repeat(32), JURISDICTION: 'moon' }).error?.issues[0]?.message).toContain(
      'JURISDICTION must be',
    )
  })

  test('are called through this function only', () => {
    const sources = import.meta.glob<string>('../../src/**/*.ts', { query: '?raw', import: 'default', eager: true })
    const callers = Object.entries(sources)
      .filter(([path]) => !path.includes('/cli/') && !path.endsWith('.d.ts'))
      .filter(([, source]) => /\benv\.(?:ACCOUNT_GATE|ALARM_DISPATCHER|SUPPORT_DESK|SUPPORT_ROOM)\b/.test(withoutComments(source)))
      .map(([path]) => path)
    expect(callers).toEqual([])
  })
})
