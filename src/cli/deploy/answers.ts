import { CliError } from '../cli-error.ts'
import type { Dialogue } from '../prompt.ts'
import { type Environment, settingsOf } from './environment.ts'

/** What the operator is asked for: the clients' origins, the address, and the providers of alarm messages. */
export interface Answers {
  /** Null: keep the value of wrangler.toml. */
  readonly origins: string | null
  readonly address: { readonly domain: string } | 'workers.dev' | null
  /** Settings of providers, stored as secrets, so that the repository contains no account of a provider. */
  readonly secrets: Readonly<Record<string, string>>
}

interface ProviderSetting {
  readonly name: string
  readonly question: string
  readonly isSecret?: true
}

/** The first setting decides whether the provider is wanted. */
const PROVIDERS: readonly (readonly [ProviderSetting, ...ProviderSetting[]])[] = [
  [
    { name: 'EMAIL_FROM', question: 'E-mail: the sender address (empty: no e-mail)' },
    { name: 'EMAIL_API_KEY', question: 'E-mail: the key of an API in the format of Resend', isSecret: true },
  ],
  [
    { name: 'SMS_ACCOUNT_SID', question: 'SMS: the account at an API in the format of Twilio (empty: no SMS)' },
    { name: 'SMS_AUTH_TOKEN', question: 'SMS: the secret of this account', isSecret: true },
    { name: 'SMS_FROM', question: "SMS: the sender's number" },
  ],
  [
    { name: 'ALARM_WEBHOOK_URL', question: 'Webhook: its URL (empty: no webhook)' },
    { name: 'ALARM_WEBHOOK_SECRET', question: 'Webhook: the secret that signs its requests, 16 characters or more', isSecret: true },
  ],
]

/** Each must be exactly what a browser sends in `Origin`, or no request would match it. */
const checkedOrigins = (answer: string): string | null => {
  if (answer === '' || answer === '*') return null
  const origins = answer.split(',').map((origin) => origin.trim())
  for (const origin of origins) {
    const url = URL.parse(origin)
    if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== origin) {
      throw new CliError(`"${origin}" is not an origin like https://app.example.org, without a path. Nothing was changed.`)
    }
  }
  return origins.join(',')
}

const checkedAddress = (answer: string): Answers['address'] => {
  if (answer === '') return 'workers.dev'
  if (/^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(answer)) return { domain: answer.toLowerCase() }
  throw new CliError(`"${answer}" is not a domain like api.example.org. Nothing was changed.`)
}

const askProvider = async (
  [first, ...rest]: (typeof PROVIDERS)[number],
  isSet: (name: string) => boolean,
  dialogue: Dialogue,
): Promise<[name: string, value: string][]> => {
  if (isSet(first.name)) return []
  const wanted = await dialogue.ask(first.question)
  if (wanted === '') return []
  const answers: [string, string][] = [[first.name, wanted]]
  for (const { name, question, isSecret } of rest.filter((setting) => !isSet(setting.name))) {
    const value = isSecret ? await dialogue.askSecret(question) : await dialogue.ask(question)
    if (value === '') throw new CliError(`${first.name} needs ${name} too. Nothing was changed.`)
    answers.push([name, value])
  }
  return answers
}

/** Asks only for what is not set yet. `existing`: the names of the secrets that the Worker has. */
export const askAnswers = async (environment: Environment, existing: readonly string[], dialogue: Dialogue): Promise<Answers> => {
  const { vars, hasAddress } = environment
  const asksOrigins = (vars.ALLOWED_ORIGINS ?? '*') === '*'
  const origins = asksOrigins
    ? checkedOrigins(await dialogue.ask("The clients' origins, separated by commas (empty: any origin, without cookies)"))
    : null
  const address = hasAddress
    ? null
    : checkedAddress(await dialogue.ask('The domain of the service, in a zone of this account (empty: its address at workers.dev)'))
  const secrets: [string, string][] = []
  const isSet = (name: string): boolean => existing.includes(name) || Boolean(vars[name])
  for (const provider of PROVIDERS) secrets.push(...(await askProvider(provider, isSet, dialogue)))
  const answers = { origins, address, secrets: Object.fromEntries(secrets) }
  // With the real values: a webhook's secret can be too short.
  const publicUrl = address !== null && address !== 'workers.dev' ? { PUBLIC_URL: `https://${address.domain}` } : {}
  settingsOf({ ...environment, vars: { ...publicUrl, ...vars, ...answers.secrets } }, existing)
  return answers
}
