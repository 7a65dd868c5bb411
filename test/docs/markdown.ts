/** The parts of a Markdown document that the checks need. Enough of a parser for the documents of this project. */

/** Parses each text once. The documents are checked again for each problem that a test adds, and all but one are the same. */
const oncePerText = <T>(parse: (text: string) => T): ((text: string) => T) => {
  const parsed = new Map<string, T>()
  return (text) => {
    const known = parsed.get(text) ?? parse(text)
    parsed.set(text, known)
    return known
  }
}

const FENCED = /^ *```[^\n]*\n([\s\S]*?)^ *```$/gm

/** The contents of all fenced blocks. */
export const fencedBlocks = oncePerText((text): readonly string[] => [...text.matchAll(FENCED)].map(([, content = '']) => content))

export const diagramsOf = (text: string): string[] =>
  [...text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, content = '']) => content)

const withoutFences = oncePerText((text) => text.replaceAll(FENCED, ''))

/** The contents of all inline code. */
export const codeSpans = oncePerText((text): readonly string[] =>
  [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, content = '']) => content),
)

/** All code: inline and fenced. */
export const codeOf = oncePerText((text) => [...codeSpans(text), ...fencedBlocks(text)].join('\n'))

export const linksOf = oncePerText((text): readonly string[] =>
  [...withoutFences(text).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
)

/** The anchors of a document's headings, as GitHub makes them. */
export const anchorsOf = oncePerText((text): ReadonlySet<string> => {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-')
    let anchor = slug
    for (let copy = 1; anchors.has(anchor); copy++) anchor = `${slug}-${copy}`
    anchors.add(anchor)
  }
  return anchors
})

/** The first paragraph after the title. */
export const firstParagraph = (text: string): string => /^# .+\n\n((?:.+\n?)+)/.exec(text)?.[1] ?? ''

/** The text of a section, from its heading to the next one of the same or a higher level. Empty if there is none. */
export const sectionOf = (text: string, heading: string): string => {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'))
  if (start < 0) return ''
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 0
  const end = lines.findIndex((line, index) => index > start && /^#+ /.test(line) && line.indexOf(' ') <= level)
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n')
}

/** The rows of all tables in a text, without their heads. Each row is the list of its cells. */
export const tableRows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line, index, lines) => line.startsWith('|') && !isDivider(line) && !isDivider(lines[index + 1] ?? ''))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))

const isDivider = (line: string): boolean => /^\|[\s|:-]+\|$/.test(line)
