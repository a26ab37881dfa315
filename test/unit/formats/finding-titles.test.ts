import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AnnotationState } from '../../../main/contract/records.ts'
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
