import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../../../main/contract/commands.ts'
import { ErrorCode } from '../../../../main/contract/errors.ts'
import { PickPurpose } from '../../../../main/contract/files.ts'
import { SAID } from '../../../../renderer/document/words.ts'
import { pickLanguage } from '../../../../renderer/translations/languages.ts'
import { CLASS_PALETTE } from '../../../../renderer/theme/palette.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
type Tree = { readonly [key: string]: string | Tree }
const flat = (tree: Tree, before = ''): [string, string][] => Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[before + key, value] as [string, string]] : flat(value, `${before}${key}.`)))
const load = (language: string) => new Map(flat(JSON.parse(readFileSync(join(ROOT, `resources/translations/${language}.json`), 'utf8')) as Tree))
const english = load('en')
const bare = (key: string) => key.replace(/_(one|many|other)$/, '')
const has = (key: string) => english.has(key) || english.has(`${key}_other`)

describe.each(['de', 'fr'])('%s', (language) => {
  const other = load(language)

  test('has every sentence that English has, and no other', () => {
    expect(new Set([...other.keys()].map(bare))).toEqual(new Set([...english.keys()].map(bare)))
  })

  test('names the same values in each sentence', () => {
    const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()
    const differing = [...english].filter(([key, text]) => other.has(key) && values(text).join() !== values(other.get(key) ?? '').join()).map(([key]) => key)
    expect(differing).toEqual([])
  })

  test('has each form of plural the language needs', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const counted = new Set([...english.keys()].filter((key) => key.endsWith('_other')).map(bare))
    expect([...counted].flatMap((key) => forms.map((form) => `${key}_${form}`)).filter((key) => !other.has(key))).toEqual([])
  })
})

test('every command, purpose of a file question and colour has a name', () => {
  expect(Object.keys(COMMANDS).map((command) => `command.${command}`).filter((key) => !has(key))).toEqual([])
  expect(PickPurpose.options.map((purpose) => `browse.${purpose}`).filter((key) => !has(key))).toEqual([])
  expect(CLASS_PALETTE.map((entry) => `colour.${entry.name}`).filter((key) => !has(key))).toEqual([])
})

test('what the document says has its sentence', () => {
  expect(SAID.map((key) => `said.${key}`).filter((key) => !has(key))).toEqual([])
})

test('every code of the engine has a sentence in each language, with the engine’s message in it', () => {
  const [german, french] = [load('de'), load('fr')]
  for (const sentences of [english, german, french]) expect(ErrorCode.options.filter((code) => sentences.get(`reason.${code}`)?.includes('{{message}}') !== true)).toEqual([])
  for (const sentences of [german, french]) expect(ErrorCode.options.filter((code) => sentences.get(`reason.${code}`) === english.get(`reason.${code}`))).toEqual([])
})

test('every key that a view writes out is there', () => {
  const views = readdirSync(join(ROOT, 'renderer'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tsx') || path.endsWith('.ts'))
  const missing = views.flatMap((path) => [...readFileSync(join(ROOT, 'renderer', path), 'utf8').matchAll(/\b(?:t|say)\('([A-Za-z0-9.-]+)'/g)].map(([, key]) => key).filter((key) => !has(key)).map((key) => `${path}: ${key}`))
  expect(missing).toEqual([])
})

test('the remembered language wins, then the person’s own, then English', () => {
  expect(pickLanguage('fr', ['de-AT'])).toBe('fr')
  expect(pickLanguage(null, ['it-IT', 'de-AT', 'fr'])).toBe('de')
  expect(pickLanguage('xx', ['it'])).toBe('en')
})
