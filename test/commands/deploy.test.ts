import { expect, test } from 'vitest'
import { productionChannels } from '../../src/cli/channels.ts'
import { run } from './run.ts'

/** What `npm run deploy` does before it changes anything. No test answers yes. */

// Takes precedence over a developer's own log-in: whatever goes wrong here, nothing can be deployed.
process.env.CLOUDFLARE_API_TOKEN = 'not-a-token'

test.each([
  ['no', 'n\n'],
  ['nothing', ''],
])('without a provider, npm run deploy asks; the answer is %s: nothing is deployed', async (_what, input) => {
  const { code, out } = await run('deploy', [], input)
  expect(out).toContain('Production has no e-mail or SMS provider')
  expect(out).toContain('Deploy anyway?')
  expect(out.trim().endsWith('Not deployed.')).toBe(true)
  expect(code).toBe(1)
})

test.each([
  [[], []],
  [['JWT_SECRET'], []],
  [['EMAIL_FROM', 'EMAIL_API_KEY'], ['email']],
  [['SMS_ACCOUNT_SID', 'SMS_AUTH_TOKEN', 'SMS_FROM'], ['sms']],
  [['ALARM_WEBHOOK_URL', 'ALARM_WEBHOOK_SECRET'], []],
])('the secrets %j: production has the channels %j', (secrets, channels) => {
  expect(productionChannels(secrets)).toEqual(channels)
})
