import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AnnotationState } from '../../../main/contract/records.ts'
import { actionKey } from '../../../renderer/views/dialogs/finding-action.ts'
import en from '../../../resources/translations/en.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Every rule that readers, writers and imports give a finding, as their sources spell it. */
function rulesInSources(): Set<string> {
  const rules = new Set<string>(AnnotationState.options.map((state) => `state-${state}`))
  for (const folder of ['main/formats', 'main/engine']) {
    for (const name of readdirSync(join(ROOT, folder))) {
      if (!name.endsWith('.ts')) continue
      const source = readFileSync(join(ROOT, folder, name), 'utf8')
      for (const [, rule] of source.matchAll(/(?:\badd|\brefuse|RefusedFile)\(\s*'([a-z0-9-]+)'/g)) rules.add(rule)
      for (const [, first, second] of source.matchAll(/\badd\([^'(]*\([^)]*\)\)? \? '([a-z0-9-]+)' : '([a-z0-9-]+)'/g)) for (const rule of [first, second]) rules.add(rule)
      for (const [, list] of source.matchAll(/RefusedFile\(`no-\$\{key\}`[\s\S]*?lists ([^']*)'/g)) for (const [, key] of list.matchAll(/"(\w+)"/g)) rules.add(`no-${key}`)
    }
  }
  return rules
}

test('every rule of a finding has a title for people', () => {
  const titles: Readonly<Record<string, string>> = en.report.rule
  const rules = rulesInSources()
  expect(rules.size).toBeGreaterThan(80)
  expect(rules).toContain('category-name-twice')
  expect([...rules].filter((rule) => titles[rule] === undefined)).toEqual([])
  expect(Object.keys(titles).filter((rule) => !rules.has(rule))).toEqual([])
})

/** What is done about findings, as the sources spell it, names of constants replaced by what they stand for. */
function actionsInSources(): Set<string> {
  const sources = ['main/formats', 'main/engine'].flatMap((folder) => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(ROOT, folder, name), 'utf8')))
  const constantsOf = (source: string): [string, string][] => [...source.matchAll(/const (\w+) = (?:'([^']*)'|(\d+))/g)].map(([, name, text, digits]) => [name, text ?? digits])
  // of all files; LEFT_OUT of one stays in that one
  const shared = new Map(sources.filter((source) => /export const LEFT_OUT/.test(source) || !/const LEFT_OUT/.test(source)).flatMap(constantsOf))
  const actions = new Set<string>()
  for (const source of sources) {
    const known = new Map([...shared, ...constantsOf(source)])
    const textOf = (expression: string): string => (/^['`]/.test(expression) ? expression.slice(1, -1).replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => known.get(name) ?? whole) : known.get(expression) ?? expression)
    for (const [, expression] of source.matchAll(/'(?:note|mended|refused)', ('[^']*'|`(?:[^`$]|\$\{\w+\})*`|[A-Z_]+\b)/g)) actions.add(textOf(expression))
    for (const [, one, other] of source.matchAll(/'(?:note|mended|refused)', [^,'`]*\? '([^']*)' : '([^']*)'/g)) for (const text of [one, other]) actions.add(text)
    for (const [, before, one, other, after] of source.matchAll(/'(?:note|mended|refused)', `([^`$]*)\$\{\w+ === '\w+' \? '([^']*)' : '([^']*)'\}([^`]*)`/g)) for (const text of [one, other]) actions.add(before + text + after)
    for (const [, expression] of source.matchAll(/new RefusedFile\(.*, ('[^']*'|[A-Z_]+)\)/g)) actions.add(textOf(expression))
  }
  return actions
}

test('what is done about a finding is said in every language, and nothing is translated that nobody says', () => {
  const said = new Map([...actionsInSources()].map((action) => [actionKey(action).slice('report.done.'.length), action]))
  expect(said.size).toBeGreaterThan(70)
  expect(en.report.done).toEqual(Object.fromEntries(said))
})
