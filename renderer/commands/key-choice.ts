import { COMMANDS, type CommandId } from '../../main/contract/commands.ts'
import { parseKey, spellKey, type KeyTable } from './keymap.ts'
import { PRESET_IDS, presetKeys, type PresetId } from './key-presets.ts'

/** Which keys a person has chosen: a preset, and what was changed in each of them. */
export interface KeyChoice {
  readonly preset: PresetId
  readonly changed: Readonly<Partial<Record<PresetId, KeyTable>>>
}

export const OWN_KEYS: KeyChoice = { preset: 'maskwright', changed: {} }

/** What a person is told who gives a command a key that is another's already. */
export interface KeyClash {
  readonly key: string
  readonly command: CommandId
}

const COMMAND_IDS = Object.keys(COMMANDS) as readonly CommandId[]

/**
 * Every command with the keys it has now; no key stands twice. What a person has changed goes before what a preset
 * says, so a default key that a later version brings never takes a chosen one away. O(keys).
 */
export function chosenKeys({ preset, changed }: KeyChoice): Required<KeyTable> {
  const own = changed[preset] ?? {}
  const defaults = presetKeys(preset)
  const taken = new Set<string>()
  const free = (keys: readonly string[]): readonly string[] => keys.filter((key) => {
    const spelled = spellKey(parseKey(key))
    if (taken.has(spelled)) return false
    taken.add(spelled)
    return true
  })
  const kept = new Map<CommandId, readonly string[]>()
  for (const id of COMMAND_IDS) if (own[id] !== undefined) kept.set(id, free(own[id]))
  for (const id of COMMAND_IDS) if (!kept.has(id)) kept.set(id, free(defaults[id]))
  return Object.fromEntries(COMMAND_IDS.map((id) => [id, kept.get(id) ?? []])) as unknown as Required<KeyTable>
}

const withKeys = (choice: KeyChoice, given: KeyTable): KeyChoice => {
  const defaults = presetKeys(choice.preset)
  const all = { ...choice.changed[choice.preset], ...given }
  const changed = Object.fromEntries(Object.entries(all).filter(([id, keys]) => keys.join() !== defaults[id as CommandId].join()))
  return { ...choice, changed: { ...choice.changed, [choice.preset]: changed } }
}

/** The command that has this key and is not `command`; null: the key is free. */
export function clashOf(choice: KeyChoice, command: CommandId, key: string): KeyClash | null {
  const keys = chosenKeys(choice)
  const other = COMMAND_IDS.find((id) => id !== command && keys[id].some((one) => spellKey(parseKey(one)) === key))
  return other === undefined ? null : { key, command: other }
}

/**
 * Gives a command a key, in the place of `instead` or (null) as one more; whoever had it, loses it.
 * @param key as spellKey writes it
 */
export function giveKey(choice: KeyChoice, command: CommandId, key: string, instead: string | null): KeyChoice {
  const keys = chosenKeys(choice)
  const clash = clashOf(choice, command, key)
  const others = keys[command].filter((one) => one !== key || one === instead)
  const at = instead === null ? -1 : others.indexOf(instead)
  return withKeys(choice, {
    ...(clash === null ? {} : { [clash.command]: keys[clash.command].filter((one) => spellKey(parseKey(one)) !== key) }),
    [command]: at < 0 ? [...others, key] : others.with(at, key),
  })
}

/** Takes one key from a command. */
export function takeKey(choice: KeyChoice, command: CommandId, key: string): KeyChoice {
  return withKeys(choice, { [command]: chosenKeys(choice)[command].filter((one) => one !== key) })
}

/** Whether a command has other keys than the preset gives it. */
export const isChanged = (choice: KeyChoice, command: CommandId): boolean => chosenKeys(choice)[command].join() !== presetKeys(choice.preset)[command].join()

/** The preset's keys for one command again; who has one of them now, loses it. */
export function resetKeys(choice: KeyChoice, command: CommandId): KeyChoice {
  const bare = withKeys(choice, { [command]: [] })
  return presetKeys(choice.preset)[command].reduce((next, key) => giveKey(next, command, spellKey(parseKey(key)), null), bare)
}

/** The preset as it comes. */
export const resetAllKeys = (choice: KeyChoice): KeyChoice => ({ ...choice, changed: { ...choice.changed, [choice.preset]: {} } })

const readTable = (value: unknown): KeyTable => {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).flatMap(([id, keys]) => {
    if (!(id in COMMANDS) || !Array.isArray(keys)) return []
    const good = keys.flatMap((key: unknown) => {
      try {
        return typeof key === 'string' ? [spellKey(parseKey(key))] : []
      } catch {
        return []
      }
    })
    return [[id, good]]
  }))
}

/** What was stored, as far as it still makes sense: commands and keys this version does not know are left out. */
export function readKeyChoice(text: string | null | undefined): KeyChoice {
  try {
    const stored = JSON.parse(text ?? '') as { preset?: unknown; changed?: unknown }
    const changed = typeof stored.changed === 'object' && stored.changed !== null ? stored.changed as Record<string, unknown> : {}
    return {
      preset: PRESET_IDS.find((id) => id === stored.preset) ?? OWN_KEYS.preset,
      changed: Object.fromEntries(PRESET_IDS.flatMap((id) => (changed[id] === undefined ? [] : [[id, readTable(changed[id])]]))),
    }
  } catch {
    return OWN_KEYS
  }
}
