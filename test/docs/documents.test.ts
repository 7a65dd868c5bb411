import { describe, expect, test } from 'vitest'
import { allProblems, type Documents } from './checks.ts'
import { findFacts, projectDocuments } from './facts.ts'

/** Whether the documents are complete and lead somewhere; and that each check finds what is broken. */

const facts = await findFacts()

test('the documents have no problem', () => {
  expect(allProblems(projectDocuments, facts)).toEqual([])
})

test('the lists of what must be documented are not empty by mistake', () => {
  const counts = Object.fromEntries(Object.entries(facts).map(([kind, names]) => [kind, names.length]))
  expect(counts.settings).toBeGreaterThanOrEqual(32)
  expect(counts.bindings).toBeGreaterThanOrEqual(8)
  expect(counts.tables).toBeGreaterThanOrEqual(45)
  expect(counts.npmCommands).toBeGreaterThanOrEqual(9)
  expect(counts.adminCommands).toBeGreaterThanOrEqual(8)
  expect(counts.adminOptions).toBeGreaterThanOrEqual(8)
  expect(counts.pathFamilies).toBeGreaterThanOrEqual(30)
  expect(projectDocuments.files.length).toBeGreaterThan(300)
  expect(facts.settings).toEqual(expect.arrayContaining(['JWT_SECRET', 'CHAT_BURST', 'ALLOWED_ORIGINS']))
  expect(facts.bindings).toEqual(expect.arrayContaining(['DB', 'SUPPORT_ROOM', 'ADDRESS_LIMIT']))
  expect(facts.tables).toEqual(expect.arrayContaining(['accounts', 'name_prefixes', 'deliveries']))
  expect(facts.adminCommands).toEqual(expect.arrayContaining(['grant', 'sessions', 'erase']))
  expect(facts.adminOptions).toEqual(expect.arrayContaining(['superuser', 'persist-to']))
  expect(facts.pathFamilies).toEqual(expect.arrayContaining(['/', '/api/v1', '/ws', '/support']))
})

/** The documents with one replacement in one of them. */
const edited = (path: string, from: string | RegExp, to: string): Documents => {
  const text = projectDocuments.texts[path] ?? ''
  const changed = text.replaceAll(from, to)
  if (changed === text) throw new Error(`${path} does not contain ${from}`)
  return { ...projectDocuments, texts: { ...projectDocuments.texts, [path]: changed } }
}

const withText = (path: string, text: string): Documents => ({
  texts: { ...projectDocuments.texts, [path]: text },
  files: [...projectDocuments.files, path],
})

const without = (file: string): Documents => ({ ...projectDocuments, files: projectDocuments.files.filter((other) => other !== file) })

describe('a problem is found', () => {
  test.each([
    ['a setting', () => edited('docs/settings.md', /`CHAT_BURST`/g, 'it'), 'the setting CHAT_BURST is not documented in docs/settings.md'],
    ['a binding', () => edited('docs/settings.md', /`REVOKED`/g, 'it'), 'the binding REVOKED is not documented in docs/settings.md'],
    ['a table', () => edited('docs/storage.md', /`name_prefixes`/g, 'it'), 'the table name_prefixes is not documented in docs/storage.md'],
    ["an object's table", () => edited('docs/storage.md', /`attempts`/g, 'it'), 'the table attempts is not documented in docs/storage.md'],
    [
      'an npm command',
      () => edited('CONTRIBUTING.md', /npm run check:types/g, 'it'),
      'the command check:types is not documented in any document',
    ],
    [
      'an admin command',
      () => edited('docs/operations.md', /\bunlock\b/g, 'it'),
      'the admin command unlock is not documented in docs/operations.md',
    ],
    [
      'an admin option',
      () => edited('docs/operations.md', /--superuser/g, 'it'),
      'the admin option superuser is not documented in docs/operations.md',
    ],
    ['a path', () => edited('README.md', /`\/ws\/…`/g, 'it'), 'the path /ws is not documented in README.md'],
    [
      'a path under /api',
      () => edited('README.md', /`\/api\/calendar\.ics`/g, 'it'),
      'the path /api/calendar.ics is not documented in README.md',
    ],
    [
      'a link',
      () => edited('README.md', /\(docs\/glossary\.md\)/g, '(docs/glosary.md)'),
      'README.md: the link docs/glosary.md leads to no file',
    ],
    [
      'a link to a heading of another document',
      () => edited('docs/operations.md', /^## Deploying$/gm, '## Deployment'),
      'docs/troubleshooting.md: the link operations.md#deploying leads to no heading',
    ],
    [
      'a file that was deleted',
      () => without('docs/adr/0009-polling-lock.md'),
      'docs/adr/0005-argon2id-in-slices.md: the link 0009-polling-lock.md leads to no file',
    ],
    [
      'the name of a file that was moved',
      () => without('src/tokens/fair-lock.ts'),
      'docs/operations.md: there is no src/tokens/fair-lock.ts',
    ],
    ['a name without the beginning of its path', () => without('src/http/handler.ts'), 'docs/architecture.md: there is no http/handler.ts'],
    [
      'a pattern that matches no file',
      () => edited('docs/glossary.md', /`src\/dialects\/<name>\/`/g, '`src/contracts/<name>/`'),
      'docs/glossary.md: there is no src/contracts/<name>/',
    ],
    [
      'a document without a reader',
      () => edited('docs/storage.md', /^For operators/gm, 'By operators'),
      'docs/storage.md: the first paragraph does not say whom the document is for',
    ],
    [
      'a semicolon in a diagram',
      () => edited('docs/architecture.md', /the check of the caller along, or 401/g, 'the check of the caller along; or 401'),
      'docs/architecture.md: a semicolon in a diagram: A-->>R: MemberContext with a store that sends the check of the caller along; or 401',
    ],
    [
      'a document that nothing links to',
      () => withText('docs/secret.md', '# Secret\n\nFor nobody.\n'),
      'README.md does not link to docs/secret.md',
    ],
    [
      'a decision that the index leaves out',
      () => withText('docs/adr/9999-new.md', '# New\n\n**Status** **Context.** **Decision.** **Consequences.**\n'),
      'docs/adr/README.md does not link to docs/adr/9999-new.md',
    ],
    [
      'a decision without consequences',
      () => edited('docs/adr/0001-own-body-reader.md', '**Consequences.**', ''),
      'docs/adr/0001-own-body-reader.md: no Consequences',
    ],
    [
      'a number used twice',
      () => withText('docs/adr/0001-other.md', '# Other\n\n**Status** **Context.** **Decision.** **Consequences.**\n'),
      'two decisions have the number 0001',
    ],
  ])('%s', (_what, documents, problem) => {
    expect(allProblems(documents(), facts)).toContain(problem)
  })

  test.each([
    ['settings', 'CHAT_BURST', 'docs/settings.md: there is no setting CHAT_BURST'],
    ['bindings', 'MEDIA', 'docs/settings.md: there is no setting MEDIA'],
    ['tables', 'rsvps', 'docs/storage.md: there is no table rsvps'],
    ['npmCommands', 'bench', 'README.md: there is no command bench'],
    ['adminCommands', 'unlock', 'docs/operations.md: there is no admin command unlock'],
  ] as const)('something in %s that was removed: %s', (kind, name, problem) => {
    const left = facts[kind].filter((other) => other !== name)
    expect(allProblems(projectDocuments, { ...facts, [kind]: left })).toContain(problem)
  })

  test('a README that is too large', () => {
    const large = withText('README.md', `${projectDocuments.texts['README.md']}${'x'.repeat(8_000)}`)
    expect(allProblems(large, facts).join('\n')).toMatch(/README\.md has \d+ bytes, more than 8000/)
  })

  test.each([
    ['settings', 'NEW_SETTING'],
    ['bindings', 'QUEUE'],
    ['tables', 'new_table'],
    ['npmCommands', 'new-command'],
    ['adminCommands', 'set-something'],
    ['adminOptions', 'new-option'],
    ['pathFamilies', '/api/new'],
  ] as const)('something new in %s', (kind, name) => {
    const problems = allProblems(projectDocuments, { ...facts, [kind]: [...facts[kind], name] })
    expect(problems).toContainEqual(expect.stringMatching(new RegExp(`${name} is not documented in`)))
  })
})
