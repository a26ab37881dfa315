import { parseKey, spellKey } from './keymap.ts'

const NAMES: Readonly<Record<string, string>> = {
  BracketLeft: '[', BracketRight: ']', Slash: '/', Escape: 'Esc', Delete: 'Del', Backspace: '⌫', Enter: '↵', Tab: 'Tab', Space: 'Space',
  ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Minus: '-', Equal: '=', Comma: ',', Period: '.', Semicolon: ';', Quote: '\'', Backquote: '`', Backslash: '\\',
}

/** What this country prints on the modifiers: 'Strg', 'Maj', … */
export interface ModifierWords {
  readonly ctrl: string
  readonly shift: string
  readonly alt: string
}
const ENGLISH: ModifierWords = { ctrl: 'Ctrl', shift: 'Shift', alt: 'Alt' }

const nameOf = (code: string, layout: ReadonlyMap<string, string> | null): string => {
  const printed = layout?.get(code)
  if (printed !== undefined && printed.trim() !== '') return printed.toUpperCase()
  if (NAMES[code] !== undefined) return NAMES[code]
  return code.replace(/^(Key|Digit|Numpad)/, '')
}

/**
 * A key as it is printed on the keyboard: 'Ctrl+Shift+Z', '⇧⌘Z' on a Mac.
 * @param layout what the keyboard prints on each physical key (`navigator.keyboard.getLayoutMap()`); null: a US board
 */
export function keyLabel(key: string, mac: boolean, layout: ReadonlyMap<string, string> | null, words: ModifierWords = ENGLISH): string {
  const chord = parseKey(key)
  const name = nameOf(chord.code, layout)
  // goes by what is typed (keymap.ts)
  if (spellKey(chord) === 'Shift+Slash') return '?'
  if (mac) return `${chord.alt ? '⌥' : ''}${chord.shift ? '⇧' : ''}${chord.mod ? '⌘' : ''}${name}`
  return [chord.mod ? words.ctrl : '', chord.shift ? words.shift : '', chord.alt ? words.alt : '', name].filter((part) => part !== '').join('+')
}
