import { anchorsOf, codeOf, codeSpans, diagramsOf, fencedBlocks, firstParagraph, linksOf, tableRows } from './markdown.ts'

/** What can be wrong with the documents. Each check returns its problems as sentences; an empty list means that all is well. */

export interface Documents {
  /** The text of each document, by its path from the project's root. */
  readonly texts: Readonly<Record<string, string>>
  /** The paths of all files of the project. */
  readonly files: readonly string[]
}

/** Everything that must be documented, by name. */
export interface Facts {
  readonly settings: readonly string[]
  readonly bindings: readonly string[]
  readonly tables: readonly string[]
  readonly npmCommands: readonly string[]
  readonly adminCommands: readonly string[]
  readonly adminOptions: readonly string[]
  readonly pathFamilies: readonly string[]
}

const README = 'README.md'
const MAX_README_BYTES = 8_000

const readmeProblems = ({ texts }: Documents): string[] => {
  const bytes = new TextEncoder().encode(texts[README] ?? '').length
  const unlisted = Object.keys(texts).filter((path) => /^docs\/[\w-]+\.md$/.test(path) && !linksOf(texts[README] ?? '').includes(path))
  return [
    ...(bytes > MAX_README_BYTES ? [`README.md has ${bytes} bytes, more than ${MAX_README_BYTES}`] : []),
    ...unlisted.map((path) => `README.md does not link to ${path}`),
  ]
}

const DECISION = /^docs\/adr\/(\d{4})-[\w-]+\.md$/

/** The first paragraph names its reader. A decision has its four parts instead, a number of its own, and a line in the index. */
const formProblems = ({ texts }: Documents): string[] => {
  const paths = Object.keys(texts)
  const numbers = paths.flatMap((path) => DECISION.exec(path)?.[1] ?? [])
  const index = linksOf(texts['docs/adr/README.md'] ?? '')
  return [
    ...paths
      .filter((path) => path !== README && !DECISION.test(path) && !/^For \w/.test(firstParagraph(texts[path] ?? '')))
      .map((path) => `${path}: the first paragraph does not say whom the document is for`),
    ...paths
      .filter((path) => DECISION.test(path))
      .flatMap((path) =>
        ['Status', 'Context', 'Decision', 'Consequences']
          .filter((part) => !texts[path]?.includes(`**${part}**`) && !texts[path]?.includes(`**${part}.**`))
          .map((part) => `${path}: no ${part}`),
      ),
    ...numbers
      .filter((number, position) => numbers.indexOf(number) !== position)
      .map((number) => `two decisions have the number ${number}`),
    ...paths
      .filter((path) => DECISION.test(path) && !index.includes(path.replace('docs/adr/', '')))
      .map((path) => `docs/adr/README.md does not link to ${path}`),
  ]
}

const resolve = (from: string, target: string): string => new URL(target, `file:///${from}`).pathname.slice(1)

/** Links to files that do not exist, and to headings that do not exist. Addresses of other sites are not requested. */
const linkProblems = ({ texts, files }: Documents): string[] =>
  Object.entries(texts).flatMap(([path, text]) =>
    [...new Set(linksOf(text))]
      .filter((target) => !target.startsWith('https://'))
      .flatMap((target) => {
        const [file = '', anchor] = target.split('#')
        const linked = file === '' ? path : resolve(path, file)
        if (!files.includes(linked)) return [`${path}: the link ${target} leads to no file`]
        if (anchor !== undefined && !anchorsOf(texts[linked] ?? '').has(anchor)) return [`${path}: the link ${target} leads to no heading`]
        return []
      }),
  )

const SOURCE_FOLDER = /^(?:src|test|docs|migrations|\.ci)\//
const SOURCE_FILE = /\w\.(?:ts|mjs|sql|toml|md)$/
/** Made by commands, and not in git. */
const GENERATED = /^(?:dist|node_modules|\.wrangler)\b|^\.dev\.vars$/

/** Names of files and folders in code. A URL path starts with a slash and is none. */
const fileNamesIn = (text: string): string[] => {
  const inSpans = codeSpans(text)
    .flatMap((span) => span.split(/\s+/))
    .map((token) => token.replaceAll(/^['"(]+|['"),;]+$/g, ''))
    .filter((token) => SOURCE_FOLDER.test(token) || (SOURCE_FILE.test(token) && !token.startsWith('/')))
  const inBlocks = fencedBlocks(text).flatMap((block) => block.match(/(?<![\w./-])[\w.][\w./-]*\.(?:ts|mjs|sql|toml|md)\b/g) ?? [])
  return [...inSpans, ...inBlocks].filter((name) => !GENERATED.test(name))
}

/** `<name>`, `*` and `…` stand for anything but a slash. */
const patternOf = (name: string): string =>
  name
    .split(/<\w+>|\*+|…/)
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]*')

/** The answers of `isFile`, by the list of files. */
const known = new WeakMap<Documents['files'], Map<string, boolean>>()

const isFile = (files: Documents['files'], name: string): boolean => {
  const answers = known.get(files) ?? new Map<string, boolean>()
  known.set(files, answers)
  const answer = answers.get(name) ?? isMatched(files, new RegExp(`^(?:.+/)?${patternOf(name.replace(/\/$/, ''))}(?:/.+)?$`))
  answers.set(name, answer)
  return answer
}

const isMatched = (files: Documents['files'], pattern: RegExp): boolean => files.some((file) => pattern.test(file))

/** Named files and folders that do not exist. A name may leave out the beginning of its path: `http/handler.ts`, `wrangler.toml`. */
const fileNameProblems = ({ texts, files }: Documents): string[] =>
  Object.entries(texts).flatMap(([path, text]) =>
    [...new Set(fileNamesIn(text))].filter((name) => !isFile(files, name)).map((name) => `${path}: there is no ${name}`),
  )

const isWordIn = (text: string, word: string): boolean =>
  new RegExp(`(?<![\\w-])${word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`).test(text)

/** What exists and is not documented where a reader looks for it. */
const completenessProblems = ({ texts }: Documents, facts: Facts): string[] => {
  const all = Object.values(texts).map(codeOf).join('\n')
  const codeIn = (path: string) => codeOf(texts[path] ?? '')
  const paths = codeSpans(texts[README] ?? '').flatMap((span) => span.split(/\s+/))
  const missing = (kind: string, names: readonly string[], where: string, isDocumented: (name: string) => boolean) =>
    names.filter((name) => !isDocumented(name)).map((name) => `${kind} ${name} is not documented in ${where}`)
  return [
    ...missing('the setting', facts.settings, 'docs/settings.md', (name) => isWordIn(codeIn('docs/settings.md'), name)),
    ...missing('the binding', facts.bindings, 'docs/settings.md', (name) => isWordIn(codeIn('docs/settings.md'), name)),
    ...missing('the table', facts.tables, 'docs/storage.md', (name) => isWordIn(codeIn('docs/storage.md'), name)),
    ...missing('the command', facts.npmCommands, 'any document', (name) => isWordIn(all, name === 'test' ? 'npm test' : `npm run ${name}`)),
    ...missing('the admin command', facts.adminCommands, 'docs/operations.md', (name) => isWordIn(codeIn('docs/operations.md'), name)),
    ...missing('the admin option', facts.adminOptions, 'docs/operations.md', (name) => codeIn('docs/operations.md').includes(`--${name}`)),
    ...missing('the path', facts.pathFamilies, 'README.md', (family) =>
      paths.some((path) => path === family || path.startsWith(`${family}/`) || path.startsWith(`${family}…`)),
    ),
  ]
}

/** What is documented and does not exist, or not any more. */
const staleProblems = ({ texts }: Documents, facts: Facts): string[] => {
  const stale = (kind: string, path: string, names: readonly string[], existing: readonly string[]) =>
    [...new Set(names)].filter((name) => !existing.includes(name)).map((name) => `${path}: there is no ${kind} ${name}`)
  const wordsIn = (path: string) => codeSpans(texts[path] ?? '').flatMap((span) => span.split(/\s+/))
  const matchesIn = (text: string, pattern: RegExp) => [...codeOf(text).matchAll(pattern)].map(([, name = '']) => name)
  const settings = wordsIn('docs/settings.md').filter((word) => /^[A-Z][A-Z0-9_]+$/.test(word))
  const tables = tableRows(texts['docs/storage.md'] ?? '')
    .flatMap(([names = '']) => codeSpans(names))
    .filter((name) => /^[a-z_]+$/.test(name))
  return [
    ...stale('setting', 'docs/settings.md', settings, [...facts.settings, ...facts.bindings]),
    ...stale('table', 'docs/storage.md', tables, facts.tables),
    ...Object.entries(texts).flatMap(([path, text]) => [
      ...stale('command', path, matchesIn(text, /\bnpm run (?:-s )?([a-z][\w:-]*)/g), facts.npmCommands),
      ...stale('admin command', path, matchesIn(text, /\bnpm run admin -- ([a-z][\w-]*)/g), facts.adminCommands),
    ]),
  ]
}

/** In Mermaid a semicolon ends a statement, so the rest of a text after it does not parse. */
const diagramProblems = ({ texts }: Documents): string[] =>
  Object.entries(texts).flatMap(([path, text]) =>
    diagramsOf(text)
      .flatMap((diagram) => diagram.split('\n'))
      .filter((line) => line.includes(';'))
      .map((line) => `${path}: a semicolon in a diagram: ${line.trim()}`),
  )

export const allProblems = (documents: Documents, facts: Facts): string[] => [
  ...readmeProblems(documents),
  ...formProblems(documents),
  ...linkProblems(documents),
  ...fileNameProblems(documents),
  ...diagramProblems(documents),
  ...completenessProblems(documents, facts),
  ...staleProblems(documents, facts),
]
