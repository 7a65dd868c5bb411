import type { CrisisLine } from '../../model/assistant.ts'

/**
 * Crisis lines by country, in one file so that a changed number has to be corrected in one place only. Each entry is the
 * national crisis line as published on its own site. `names` lists what people enter as their location, and `code` is the
 * country's ISO 3166 code.
 */
interface Country {
  readonly code: string
  readonly names: readonly string[]
  /** `number` is null if a line has no number of its own. */
  readonly lines: readonly (readonly [name: string, contact: string, number: string | null])[]
}

export const ANYWHERE: readonly CrisisLine[] = [
  { country: 'Anywhere', name: 'Emergency services', contact: 'Call 112, 911, 999 or your local number' },
  { country: 'Anywhere', name: 'Find A Helpline', contact: 'https://findahelpline.com' },
]

export const COUNTRIES: Readonly<Record<string, Country>> = {
  'United States': {
    code: 'US',
    names: ['united states', 'usa', 'us', 'u s', 'america', 'new york', 'california', 'texas', 'chicago', 'los angeles'],
    lines: [
      ['988 Suicide & Crisis Lifeline', 'Call or text 988', '988'],
      ['Veterans Crisis Line', 'Call 988 and press 1, or text 838255', null],
    ],
  },
  Canada: {
    code: 'CA',
    names: ['canada', 'toronto', 'vancouver', 'montreal'],
    lines: [['9-8-8 Suicide Crisis Helpline', 'Call or text 988', '988']],
  },
  'United Kingdom': {
    code: 'GB',
    names: ['united kingdom', 'uk', 'england', 'scotland', 'wales', 'northern ireland', 'britain', 'london'],
    lines: [['Samaritans', 'Call 116 123', '116 123']],
  },
  Ireland: { code: 'IE', names: ['ireland', 'dublin'], lines: [['Samaritans', 'Call 116 123', '116 123']] },
  Australia: { code: 'AU', names: ['australia', 'sydney', 'melbourne'], lines: [['Lifeline', 'Call 13 11 14', '13 11 14']] },
  'New Zealand': { code: 'NZ', names: ['new zealand', 'auckland'], lines: [['1737, need to talk?', 'Call or text 1737', '1737']] },
  Ukraine: {
    code: 'UA',
    names: ['ukraine', 'kyiv', 'kiev', 'lviv', 'kharkiv', 'odesa', 'dnipro'],
    lines: [['Lifeline Ukraine', 'Call 7333', '7333']],
  },
  Germany: {
    code: 'DE',
    names: ['germany', 'deutschland', 'berlin'],
    lines: [['TelefonSeelsorge', 'Call 0800 111 0 111', '0800 111 0 111']],
  },
  Austria: { code: 'AT', names: ['austria', 'vienna'], lines: [['TelefonSeelsorge', 'Call 142', '142']] },
  Switzerland: { code: 'CH', names: ['switzerland', 'zurich', 'geneva'], lines: [['Die Dargebotene Hand', 'Call 143', '143']] },
  France: { code: 'FR', names: ['france', 'paris'], lines: [['3114', 'Call 3114', '3114']] },
  Netherlands: { code: 'NL', names: ['netherlands', 'holland', 'amsterdam'], lines: [['113 Zelfmoordpreventie', 'Call 113', '113']] },
  Poland: { code: 'PL', names: ['poland', 'warsaw'], lines: [['Kryzysowy Telefon Zaufania', 'Call 116 123', '116 123']] },
  Spain: { code: 'ES', names: ['spain', 'madrid', 'barcelona'], lines: [['Línea 024', 'Call 024', '024']] },
  Sweden: { code: 'SE', names: ['sweden', 'stockholm'], lines: [['Mind Självmordslinjen', 'Call 90101', '90101']] },
  India: { code: 'IN', names: ['india', 'delhi', 'mumbai', 'bangalore'], lines: [['Tele-MANAS', 'Call 14416', '14416']] },
  'South Africa': {
    code: 'ZA',
    names: ['south africa', 'johannesburg', 'cape town'],
    lines: [['SADAG Suicide Crisis Line', 'Call 0800 567 567', '0800 567 567']],
  },
  Brazil: { code: 'BR', names: ['brazil', 'brasil', 'sao paulo'], lines: [['CVV', 'Call 188', '188']] },
  Israel: { code: 'IL', names: ['israel', 'tel aviv', 'jerusalem'], lines: [['ERAN', 'Call 1201', '1201']] },
}
