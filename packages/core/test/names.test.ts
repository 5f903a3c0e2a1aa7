import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const SOURCES = fileURLToPath(new URL('../src', import.meta.url))
const FILES = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort()

type Named = { name: string; file: string }

/** What has one name twice: `name: file, file`. */
function twice(named: readonly Named[]): string[] {
  const files = new Map<string, string[]>()
  for (const { name, file } of named) files.set(name, [...(files.get(name) ?? []), file])
  return [...files].flatMap(([name, among]) => (among.length > 1 ? [`${name}: ${among.join(', ')}`] : [])).sort()
}

type Declared = Named & { exported: boolean; async: boolean }

const declarations = FILES.flatMap((file): Declared[] => {
  const source = ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest)
  return source.statements.flatMap((statement) => {
    const has = (kind: ts.SyntaxKind, node: ts.Node = statement) =>
      ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true
    const exported = has(ts.SyntaxKind.ExportKeyword)
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
        const async = initializer !== undefined && has(ts.SyntaxKind.AsyncKeyword, initializer)
        return ts.isIdentifier(name) ? [{ name: name.text, file, exported, async }] : []
      })
    const isDeclaration =
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isEnumDeclaration(statement)
    if (!isDeclaration || statement.name === undefined) return []
    return [{ name: statement.name.text, file, exported, async: has(ts.SyntaxKind.AsyncKeyword) }]
  })
})

test('the declarations are found', () => {
  const { exported, async } = declarations.find(({ name }) => name === 'readDefinition') ?? {}
  expect({ exported, async }).toEqual({ exported: true, async: true })
})

test('no two modules have one name', () => {
  expect(twice(FILES.map((file) => ({ name: basename(file, '.ts'), file })))).toEqual([])
})

test('no two exports have one name', () => {
  expect(twice(declarations.filter(({ exported }) => exported))).toEqual([])
})

test('what is called plan, parse, render or explain waits for nothing', () => {
  const waiting = declarations.filter(({ name, async }) => async && /^(plan|parse|render|explain)[A-Z]/.test(name))
  expect(waiting.map(({ name, file }) => `${name}: ${file}`)).toEqual([])
})
