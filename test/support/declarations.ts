/** The top-level declarations of the sources, and which of them use which. Enough of a parser for files in Biome's format. */

export interface SourceFile {
  /** Relative to `src/`. */
  readonly file: string
  readonly source: string
}

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g

export const importsOf = (source: string): string[] => [...source.matchAll(SPECIFIER)].map(([, specifier = '']) => specifier)

export const resolved = (from: string, specifier: string): string => new URL(specifier, `file:///${from}`).pathname.slice(1)

export const withoutComments = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

interface ImportedName {
  readonly file: string
  readonly name: string
}

/** The names that a file imports from other source files, by their local names. A namespace has the name `*`. */
export const importedNames = ({ file, source }: SourceFile): ReadonlyMap<string, ImportedName> => {
  const names = new Map<string, ImportedName>()
  for (const [, clause = '', specifier = ''] of withoutComments(source).matchAll(/^import\s+(?:type\s+)?([^']*?)\s+from\s+'(\.[^']+)'/gm)) {
    const target = resolved(file, specifier)
    const namespace = /\*\s+as\s+(\w+)/.exec(clause)?.[1]
    if (namespace) names.set(namespace, { file: target, name: '*' })
    for (const entry of /\{([^}]*)\}/.exec(clause)?.[1]?.split(',') ?? []) {
      const [, name, local = name] = /^(?:type\s+)?(\w+)(?:\s+as\s+(\w+))?$/.exec(entry.trim()) ?? []
      if (name && local) names.set(local, { file: target, name })
    }
  }
  return names
}

export interface Declaration {
  readonly file: string
  readonly name: string
  readonly isExported: boolean
  readonly text: string
}

const START = /^(?=(?:export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|var|function|class|interface|type|enum)\b)/m
const HEAD = /^(export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(const|let|var|function|class|interface|type|enum)\*?\s+(\w+)/

/** The top-level constants, functions and classes of a file. Types are left out, because they run nothing. */
export const declarationsOf = ({ file, source }: SourceFile): Declaration[] =>
  withoutComments(source)
    .split(START)
    .flatMap((text) => {
      const [, exported, kind, name] = HEAD.exec(text) ?? []
      return name === undefined || kind === 'interface' || kind === 'type' ? [] : [{ file, name, isExported: exported !== undefined, text }]
    })

/** The text between the parentheses of a function's parameters; null for what is no function. */
export const parametersOf = ({ text }: Declaration): string | null => {
  const head = /^(?:export )?(?:async )?(?:const \w+ = (?:async )?|function\*? \w+)/.exec(text)?.[0]
  if (head === undefined) return null
  let start = head.length
  if (text[start] === '<') start = closing(text, start, '<', '>') + 1
  return text[start] === '(' ? text.slice(start + 1, closing(text, start, '(', ')')) : null
}

const closing = (text: string, start: number, open: string, close: string): number => {
  let depth = 0
  for (let index = start; index < text.length; index++) {
    if (text[index] === open) depth++
    if (text[index] === close && text[index - 1] !== '=' && --depth === 0) return index
  }
  throw new Error(`no closing ${close} in: ${text.slice(0, 100)}`)
}

const key = ({ file, name }: { file: string; name: string }): string => `${file} ${name}`

/**
 * The declarations for which `isSeed` is true, and all that mention one of them, directly or through others. It counts a
 * mention as a use, so it finds too many rather than too few. A namespace import is taken to use everything in its file.
 */
export const withUsers = (sourceFiles: readonly SourceFile[], isSeed: (declaration: Declaration) => boolean): Declaration[] => {
  const all = sourceFiles.flatMap((sourceFile) => {
    const imported = importedNames(sourceFile)
    const declarations = declarationsOf(sourceFile)
    const own = new Map(declarations.map(({ name, file }) => [name, { file, name }]))
    return declarations.map((declaration) => ({
      declaration,
      uses: [...new Set(declaration.text.match(/\b\w+\b/g) ?? [])].flatMap((word) => imported.get(word) ?? own.get(word) ?? []),
    }))
  })
  const found = new Set(
    all.filter(({ declaration }) => isSeed(declaration)).flatMap(({ declaration }) => [key(declaration), `${declaration.file} *`]),
  )
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const { declaration, uses } of all) {
      if (!uses.some((used) => found.has(key(used)))) continue
      found.add(key(declaration))
      found.add(`${declaration.file} *`)
    }
  }
  return all.map(({ declaration }) => declaration).filter((declaration) => found.has(key(declaration)))
}
