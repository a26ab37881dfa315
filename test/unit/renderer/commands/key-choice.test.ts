import { array, assert, constant, constantFrom, nat, oneof, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMMANDS, type CommandId } from '../../../../main/contract/commands.ts'
import { chosenKeys, clashOf, giveKey, isChanged, OWN_KEYS, readKeyChoice, resetAllKeys, resetKeys, takeKey, type KeyChoice } from '../../../../renderer/commands/key-choice.ts'
import { PRESET_IDS, presetKeys } from '../../../../renderer/commands/key-presets.ts'
import { buildKeymap, commandOf, findClashes, type KeyPress } from '../../../../renderer/commands/keymap.ts'
import { readKey } from '../../../../renderer/commands/read-key.ts'
import { followTool } from '../../../../renderer/commands/last-tool.ts'
import type { Editor } from '../../../../renderer/document/editor-state.ts'
import { createKeyStore } from '../../../../renderer/views/state/key-store.ts'

const press = (code: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({ code, key: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers })
const memory = (start: Record<string, string> = {}) => {
  const stored = new Map(Object.entries(start))
  return { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => { stored.set(key, value) } }
}

describe('presets', () => {
  test.each(PRESET_IDS)('%s gives no key to two commands', (preset) => {
    expect(findClashes(presetKeys(preset))).toEqual([])
  })

  test.each<[string, KeyPress, CommandId | undefined]>([
    ['F is the next image', press('KeyF'), 'image.next'],
    ['D is the previous image', press('KeyD'), 'image.previous'],
    ['N takes the last tool', press('KeyN'), 'tool.last'],
    ['Shift+1 is the brush', press('Digit1', { shiftKey: true }), 'tool.brush'],
    ['Shift+2 is the eraser', press('Digit2', { shiftKey: true }), 'tool.eraser'],
    ['Ctrl+F fits', press('KeyF', { ctrlKey: true }), 'view.fit'],
    ['Ctrl+0 is 100 %', press('Digit0', { ctrlKey: true }), 'view.actualSize'],
    ['A is nothing', press('KeyA'), undefined],
  ])('CVAT: %s', (_, given, command) => {
    expect(commandOf(buildKeymap(presetKeys('cvat')), given, false)).toBe(command)
  })

  test.each<[string, KeyPress, CommandId]>([
    ['Ctrl+→ is the next image', press('ArrowRight', { ctrlKey: true }), 'image.next'],
    ['Ctrl+← is the previous image', press('ArrowLeft', { ctrlKey: true }), 'image.previous'],
    ['Ctrl+Enter is done', press('Enter', { ctrlKey: true }), 'image.done'],
  ])('Label Studio: %s', (_, given, command) => {
    expect(commandOf(buildKeymap(presetKeys('labelStudio')), given, false)).toBe(command)
  })
})

describe('other keys', () => {
  test('a key is changed in its place, and the others stay', () => {
    const choice = giveKey(OWN_KEYS, 'image.next', 'F9', 'KeyD')
    expect(chosenKeys(choice)['image.next']).toEqual(['F9', 'ArrowRight'])
    expect(isChanged(choice, 'image.next')).toBe(true)
    expect(isChanged(choice, 'image.previous')).toBe(false)
  })

  test('a key that is another command’s is named, and taken from it only when it is given all the same', () => {
    expect(clashOf(OWN_KEYS, 'tool.box', 'KeyB')).toEqual({ key: 'KeyB', command: 'tool.brush' })
    expect(clashOf(OWN_KEYS, 'tool.brush', 'KeyB')).toBeNull()
    const choice = giveKey(OWN_KEYS, 'tool.box', 'KeyB', 'KeyR')
    expect(chosenKeys(choice)['tool.box']).toEqual(['KeyB'])
    expect(chosenKeys(choice)['tool.brush']).toEqual([])
  })

  test('reset of one command brings its keys back, also from who has them now', () => {
    const taken = giveKey(OWN_KEYS, 'tool.box', 'KeyB', 'KeyR')
    const back = resetKeys(taken, 'tool.brush')
    expect(chosenKeys(back)['tool.brush']).toEqual(['KeyB'])
    expect(chosenKeys(back)['tool.box']).toEqual([])
    expect(chosenKeys(resetAllKeys(taken))).toEqual(presetKeys('maskwright'))
  })

  test('each preset keeps its own changes', () => {
    const changed = giveKey(OWN_KEYS, 'tool.box', 'F9', 'KeyR')
    const other: KeyChoice = { ...changed, preset: 'cvat' }
    expect(chosenKeys(other)['tool.box']).toEqual(['KeyR'])
    expect(chosenKeys({ ...other, preset: 'maskwright' })['tool.box']).toEqual(['F9'])
  })

  test('whatever is given, taken and reset, no key is two commands’, and what was given last is there', () => {
    const command = constantFrom(...Object.keys(COMMANDS) as CommandId[])
    const key = constantFrom(...Object.values(COMMANDS).flat().map(String), 'F9', 'Alt+KeyQ')
    const act = oneof(
      record({ what: constant('give' as const), command, key, place: nat(2) }),
      record({ what: constant('take' as const), command, key, place: constant(0) }),
      record({ what: constant('reset' as const), command, key, place: constant(0) }),
    )
    assert(property(constantFrom(...PRESET_IDS), array(act, { maxLength: 12 }), (preset, acts) => {
      let choice: KeyChoice = { preset, changed: {} }
      for (const { what, command: id, key: given, place } of acts) {
        if (what === 'give') choice = giveKey(choice, id, given, chosenKeys(choice)[id][place] ?? null)
        else choice = what === 'take' ? takeKey(choice, id, given) : resetKeys(choice, id)
        expect(findClashes(chosenKeys(choice))).toEqual([])
        if (what === 'give') expect(chosenKeys(choice)[id]).toContain(given)
        if (what === 'take') expect(chosenKeys(choice)[id]).not.toContain(given)
        if (what === 'reset') expect(isChanged(choice, id)).toBe(false)
      }
    }), { numRuns: 200 })
  })
})

describe('what is remembered', () => {
  test('a chosen key is there at the next start', () => {
    const storage = memory()
    createKeyStore(storage, false).choose(giveKey(OWN_KEYS, 'tool.box', 'KeyB', 'KeyR'))
    const { keymap } = createKeyStore(storage, false).state()
    expect(commandOf(keymap, press('KeyB'), false)).toBe('tool.box')
    expect(commandOf(keymap, press('KeyR'), false)).toBeUndefined()
  })

  test.each(['', 'null', '7', '{"preset":"emacs"}', '{"changed":{"maskwright":7}}', '{"changed":{"maskwright":{"tool.fly":["KeyB"],"tool.box":["shift+b",7]}}}'])('%j, which no version of ours wrote, costs no more than itself', (text) => {
    expect(findClashes(chosenKeys(readKeyChoice(text)))).toEqual([])
    expect(chosenKeys(readKeyChoice(text))['tool.brush']).toEqual(['KeyB'])
  })
})

describe('the press that a person answers with', () => {
  test.each<[string, KeyPress, boolean, unknown]>([
    ['Shift alone waits for more', press('ShiftLeft', { shiftKey: true, key: 'Shift' }), false, { kind: 'waits' }],
    ['Esc gives up', press('Escape'), false, { kind: 'givesUp' }],
    ['the space bar moves the picture', press('Space'), false, { kind: 'refused', why: 'space' }],
    ['Ctrl on a Mac is nothing of ours', press('KeyB', { ctrlKey: true }), true, { kind: 'refused', why: 'foreign' }],
    ['a key without a place is refused', press(''), false, { kind: 'refused', why: 'unknown' }],
    ['Ctrl+Shift+B', press('KeyB', { ctrlKey: true, shiftKey: true }), false, { kind: 'key', key: 'Mod+Shift+KeyB' }],
    ['Tab is a key like any other', press('Tab'), false, { kind: 'key', key: 'Tab' }],
  ])('%s', (_, given, mac, read) => {
    expect(readKey(given, mac)).toEqual(read)
  })
})

test('the drawing tool used last is remembered while select is in hand', () => {
  let tool = 'select'
  let tell = () => {}
  const last = followTool({ state: () => ({ tool }), subscribe: (listener: () => void) => { tell = listener; return () => {} } } as unknown as Editor)
  expect(last()).toBe('brush')
  for (tool of ['wand', 'select']) tell()
  expect(last()).toBe('wand')
})
