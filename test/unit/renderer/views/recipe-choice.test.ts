import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../main/contract/settings.ts'
import { asRequest, createRecipeChoice, RECIPE_START, withSetting } from '../../../../renderer/views/state/recipe-choice.ts'

const stored = (text: string | null) => {
  let kept = text
  const storage = { getItem: () => kept, setItem: (_: string, value: string) => { kept = value } }
  return { open: () => createRecipeChoice(storage), text: () => kept }
}

test('pack, method, device and settings outlast the page', () => {
  const place = stored(null)
  expect(place.open().state()).toEqual(RECIPE_START)
  place.open().set({ pack: 'sd15-clip', method: 'agg-gem', device: 'cpu', precision: 'int8', settings: { temperature: 0.1 } })
  expect(place.open().state()).toEqual({ pack: 'sd15-clip', method: 'agg-gem', device: 'cpu', precision: 'int8', settings: { temperature: 0.1 } })
})

test('what another version or a damaged store left is not used', () => {
  for (const text of ['{', '{}', '{"pack":"A B","method":null,"device":"auto","settings":{}}', '{"pack":"a","method":"paint","device":"auto","settings":{}}', '{"pack":"a","method":null,"device":"tpu","settings":{}}', '{"pack":"a","method":null,"device":"auto","settings":{"temperature":7}}']) {
    expect(stored(text).open().state(), text).toEqual(RECIPE_START)
  }
})

test('a choice of before there was a precision is kept', () => {
  expect(stored('{"pack":"demo","method":null,"device":"cpu","settings":{}}').open().state()).toEqual({ pack: 'demo', method: null, device: 'cpu', precision: 'auto', settings: {} })
})

test('the pack’s own method is left to the engine', () => {
  expect(asRequest(RECIPE_START)).toEqual({ pack: 'classic', device: 'auto', settings: {} })
  expect(asRequest({ ...RECIPE_START, method: 'regions' })).toHaveProperty('method', 'regions')
  expect(asRequest({ ...RECIPE_START, precision: 'float16' })).toHaveProperty('precision', 'float16')
})

test('a project’s pack is the choice of who has not chosen yet, and is not remembered', () => {
  const place = stored(null)
  const recipe = place.open()
  recipe.suggest('demo')
  expect([recipe.state().pack, place.text()]).toEqual(['demo', null])
  recipe.suggest(null)
  expect(recipe.state().pack).toBe('classic')
  recipe.set({ pack: 'sd15-clip' })
  recipe.suggest('demo')
  expect([recipe.state().pack, place.open().state().pack]).toEqual(['sd15-clip', 'sd15-clip'])
})

test('what a pack has by default is not kept among those that differ; while its defaults are not known, every choice is', () => {
  const own = { ...DEFAULT_SETTINGS, windows: true }
  const chosen = withSetting(RECIPE_START, 'windows', false, own)
  expect(chosen.settings).toEqual({ windows: false })
  expect(withSetting(chosen, 'windows', true, own).settings).toEqual({})
  // the table's default may be another than the pack's
  expect(withSetting(RECIPE_START, 'windows', false, null).settings).toEqual({ windows: false })
})
