import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { createThemeStore } from '../../../../renderer/theme/theme-choice.ts'

const RENDERER = fileURLToPath(new URL('../../../../renderer/', import.meta.url))
const TOKENS = readFileSync(join(RENDERER, 'theme/tokens.css'), 'utf8')

function themeColours(theme: 'dark' | 'light'): Record<string, string> {
  const start = TOKENS.indexOf(`[data-theme='${theme}'] {`)
  return Object.fromEntries([...TOKENS.slice(start, TOKENS.indexOf('}', start)).matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]))
}

/** WCAG 2.2 relative luminance */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const colours = themeColours(theme)
  const grounds = ['ground-chrome', 'ground-panel', 'ground-raised', 'ground-hover', 'ground-selected', 'ground-field']

  test.each(['text', 'text-quiet'])('%s is at least 4.5:1 on every ground', (text) => {
    for (const ground of grounds) expect(contrast(colours[text], colours[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })

  test('words in state colours are readable on panels and in the status bar', () => {
    for (const text of ['good', 'warn', 'bad']) for (const ground of ['ground-chrome', 'ground-panel', 'ground-raised', `ground-${text}`]) expect(contrast(colours[text], colours[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colours['text-on-accent'], colours['accent'])).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colours['text-on-accent'], colours['accent-hover'])).toBeGreaterThanOrEqual(4.5)
  })

  test('borders of controls, the focus ring and state marks are at least 3:1', () => {
    const plain = ['ground-chrome', 'ground-panel', 'ground-field']
    for (const ground of plain) expect(contrast(colours['line-control'], colours[ground]), `line-control on ${ground}`).toBeGreaterThanOrEqual(3)
    for (const mark of ['focus', 'state-pending', 'state-accepted', 'state-fixed', 'state-drawn', 'state-rejected']) {
      for (const ground of [...plain, 'ground-selected']) expect(contrast(colours[mark], colours[ground]), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3)
    }
  })
})

test('component styles use tokens only: no colour is written outside tokens.css', () => {
  const styles = readdirSync(RENDERER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.css') && !path.endsWith('tokens.css'))
  expect(styles.length).toBeGreaterThan(10)
  const literal = styles.flatMap((path) => [...readFileSync(join(RENDERER, path), 'utf8').matchAll(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/g)].map(([found]) => `${path}: ${found}`))
  expect(literal).toEqual([])
})

test('every token that a style uses exists', () => {
  const defined = new Set([...TOKENS.matchAll(/(--[a-z0-9-]+):/g)].map(([, name]) => name))
  const styles = readdirSync(RENDERER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.css'))
  // --trigger-width is set by react-aria on a popover
  const missing = styles.flatMap((path) => [...readFileSync(join(RENDERER, path), 'utf8').matchAll(/var\((--[a-z0-9-]+)/g)].map(([, name]) => name).filter((name) => !defined.has(name) && name !== '--trigger-width').map((name) => `${path}: ${name}`))
  expect(missing).toEqual([])
})

describe('the choice of a theme', () => {
  const root = () => ({ dataset: {} as Record<string, string | undefined> }) as HTMLElement
  const system = (dark: boolean) => {
    const listeners: (() => void)[] = []
    const query = { matches: dark, addEventListener: (_: string, listener: () => void) => listeners.push(listener) }
    return { query: query as unknown as MediaQueryList, turn: (now: boolean) => { query.matches = now; for (const listener of listeners) listener() } }
  }

  test('follows the system until one is chosen, and remembers the choice', () => {
    const stored = new Map<string, string>()
    const storage = { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => { stored.set(key, value) } }
    const element = root()
    const { query, turn } = system(true)
    const store = createThemeStore(element, storage, query)
    expect(element.dataset['theme']).toBe('dark')
    turn(false)
    expect(element.dataset['theme']).toBe('light')
    store.set('dark')
    turn(false)
    expect(element.dataset['theme']).toBe('dark')
    expect(createThemeStore(root(), storage, query).choice()).toBe('dark')
  })

  test('works where storage is refused', () => {
    const refused = { getItem: () => { throw new Error('denied') }, setItem: () => { throw new Error('denied') } }
    const element = root()
    createThemeStore(element, refused, system(false).query).set('dark')
    expect(element.dataset['theme']).toBe('dark')
  })
})
