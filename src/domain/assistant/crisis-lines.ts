import type { CrisisLine } from '../../model/assistant.ts'

/**
 * Crisis lines by country, in one file so that a changed number has to be corrected in one place only. Each entry is the
 * national crisis line as published on its own site. `names` lists what people enter as their location.
 */
interface Country {
  readonly names: readonly string[]
  readonly lines: readonly (readonly [name: string, contact: string])[]
}

export const ANYWHERE: readonly CrisisLine[] = [
  { country: 'Anywhere', name: 'Emergency services', contact: 'Call 112, 911, 999 or your local number' },
  { country: 'Anywhere', name: 'Find A Helpline', contact: 'https://findahelpline.com' },
]

export const COUNTRIES: Readonly<Record<string, Country>> = {
  'United States': {
    names: ['united states', 'usa', 'us', 'u s', 'america', 'new york', 'california', 'texas', 'chicago', 'los angeles'],
    lines: [
      ['988 Suicide & Crisis Lifeline', 'Call or text 988'],
      ['Veterans Crisis Line', 'Call 988 and press 1, or text 838255'],
    ],
  },
  Canada: { names: ['canada', 'toronto', 'vancouver', 'montreal'], lines: [['9-8-8 Suicide Crisis Helpline', 'Call or text 988']] },
  'United Kingdom': {
    names: ['united kingdom', 'uk', 'england', 'scotland', 'wales', 'northern ireland', 'britain', 'london'],
    lines: [['Samaritans', 'Call 116 123']],
  },
  Ireland: { names: ['ireland', 'dublin'], lines: [['Samaritans', 'Call 116 123']] },
  Australia: { names: ['australia', 'sydney', 'melbourne'], lines: [['Lifeline', 'Call 13 11 14']] },
  'New Zealand': { names: ['new zealand', 'auckland'], lines: [['1737, need to talk?', 'Call or text 1737']] },
  Ukraine: { names: ['ukraine', 'kyiv', 'kiev', 'lviv', 'kharkiv', 'odesa', 'dnipro'], lines: [['Lifeline Ukraine', 'Call 7333']] },
  Germany: { names: ['germany', 'deutschland', 'berlin'], lines: [['TelefonSeelsorge', 'Call 0800 111 0 111']] },
  Austria: { names: ['austria', 'vienna'], lines: [['TelefonSeelsorge', 'Call 142']] },
  Switzerland: { names: ['switzerland', 'zurich', 'geneva'], lines: [['Die Dargebotene Hand', 'Call 143']] },
  France: { names: ['france', 'paris'], lines: [['3114', 'Call 3114']] },
  Netherlands: { names: ['netherlands', 'holland', 'amsterdam'], lines: [['113 Zelfmoordpreventie', 'Call 113']] },
  Poland: { names: ['poland', 'warsaw'], lines: [['Kryzysowy Telefon Zaufania', 'Call 116 123']] },
  Spain: { names: ['spain', 'madrid', 'barcelona'], lines: [['Línea 024', 'Call 024']] },
  Sweden: { names: ['sweden', 'stockholm'], lines: [['Mind Självmordslinjen', 'Call 90101']] },
  India: { names: ['india', 'delhi', 'mumbai', 'bangalore'], lines: [['Tele-MANAS', 'Call 14416']] },
  'South Africa': { names: ['south africa', 'johannesburg', 'cape town'], lines: [['SADAG Suicide Crisis Line', 'Call 0800 567 567']] },
  Brazil: { names: ['brazil', 'brasil', 'sao paulo'], lines: [['CVV', 'Call 188']] },
  Israel: { names: ['israel', 'tel aviv', 'jerusalem'], lines: [['ERAN', 'Call 1201']] },
}
