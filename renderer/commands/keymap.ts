import { COMMANDS, type CommandId } from '../../main/contract/commands.ts'

/** A key as the contract writes it, taken apart. `code` is a physical key (`KeyboardEvent.code`). */
export interface KeyChord {
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
  readonly code: string
}

/** Chord in its one spelling (`Mod+Shift+Alt+code`) → command. */
export type Keymap = ReadonlyMap<string, CommandId>

/** Command → its keys, as the contract writes them. */
export type KeyTable = Readonly<Partial<Record<CommandId, readonly string[]>>>

const MODIFIERS = ['Mod', 'Shift', 'Alt']

/** @throws RangeError when it is not modifiers followed by exactly one physical key */
export function parseKey(text: string): KeyChord {
  const parts = text.split('+')
  const code = parts.pop() ?? ''
  if (!/^[A-Z][A-Za-z0-9]*$/.test(code) || MODIFIERS.includes(code)) throw new RangeError(`'${text}' does not end in a physical key such as KeyZ or Digit1`)
  for (const part of parts) if (!MODIFIERS.includes(part)) throw new RangeError(`'${part}' in '${text}' is no modifier; write Mod, Shift or Alt`)
  if (new Set(parts).size !== parts.length) throw new RangeError(`'${text}' names a modifier twice`)
  return { mod: parts.includes('Mod'), shift: parts.includes('Shift'), alt: parts.includes('Alt'), code }
}

/** The one spelling of a chord, so that `Shift+Mod+KeyZ` and `Mod+Shift+KeyZ` clash. */
export function spellKey(chord: KeyChord): string {
  return [chord.mod ? 'Mod' : '', chord.shift ? 'Shift' : '', chord.alt ? 'Alt' : '', chord.code].filter((part) => part !== '').join('+')
}

/** Two commands on one key: every such key with the commands that want it. O(keys). */
export function findClashes(table: KeyTable): readonly { readonly key: string; readonly commands: readonly CommandId[] }[] {
  const wanted = new Map<string, CommandId[]>()
  for (const [command, keys] of Object.entries(table) as [CommandId, readonly string[]][]) {
    for (const key of keys) {
      const spelled = spellKey(parseKey(key))
      wanted.set(spelled, [...(wanted.get(spelled) ?? []), command])
    }
  }
  return [...wanted].filter(([, commands]) => commands.length > 1).map(([key, commands]) => ({ key, commands }))
}

/** @throws RangeError naming the first clash: a key does one thing */
export function buildKeymap(table: KeyTable = COMMANDS): Keymap {
  const [clash] = findClashes(table)
  if (clash !== undefined) throw new RangeError(`${clash.key} is the key of ${clash.commands.join(' and ')}; give one of them another key`)
  const map = new Map<string, CommandId>()
  for (const [command, keys] of Object.entries(table) as [CommandId, readonly string[]][]) for (const key of keys) map.set(spellKey(parseKey(key)), command)
  return map
}

/** What a keyboard event must tell; a DOM KeyboardEvent fits. */
export type KeyPress = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/**
 * A key press as the contract spells it; null: it has a modifier that is none of ours. On a Mac Mod is ⌘ and Ctrl is
 * nothing of ours; elsewhere Mod is Ctrl. Only `?` goes by what is typed, since the whole world knows it by its print:
 * it is on another key on most keyboards.
 */
export function pressedKey(press: KeyPress, mac: boolean): string | null {
  const [mod, foreign] = mac ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey]
  if (foreign) return null
  if (press.key === '?' && !mod && !press.altKey) return 'Shift+Slash'
  return spellKey({ mod, shift: press.shiftKey, alt: press.altKey, code: press.code })
}

/** The command of a key press, or undefined. */
export function commandOf(keymap: Keymap, press: KeyPress, mac: boolean): CommandId | undefined {
  const key = pressedKey(press, mac)
  return key === null ? undefined : keymap.get(key)
}
