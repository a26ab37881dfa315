import { describe, expect, test } from 'vitest'
import { COMMANDS, type CommandId } from '../../../../main/contract/commands.ts'
import { keyLabel } from '../../../../renderer/commands/key-label.ts'
import { mayFire } from '../../../../renderer/commands/key-listener.ts'
import { buildKeymap, commandOf, findClashes, parseKey, spellKey, type KeyPress } from '../../../../renderer/commands/keymap.ts'

const press = (code: string, modifiers: Partial<KeyPress> = {}): KeyPress => ({ code, key: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...modifiers })

describe('keys as data', () => {
  test('a key is modifiers and one physical key, in any order of modifiers', () => {
    expect(parseKey('Shift+Mod+KeyZ')).toEqual({ mod: true, shift: true, alt: false, code: 'KeyZ' })
    expect(spellKey(parseKey('Shift+Mod+KeyZ'))).toBe('Mod+Shift+KeyZ')
  })

  test.each(['', 'Mod', 'Mod+', 'Ctrl+KeyZ', 'Mod+Mod+KeyZ', 'z', '+'])('%j is no key', (text) => {
    expect(() => parseKey(text)).toThrow(RangeError)
  })

  test('the contract’s keys are all well formed and no two commands want the same one', () => {
    expect(findClashes(COMMANDS)).toEqual([])
    expect(buildKeymap().size).toBe(Object.values(COMMANDS).flat().length)
  })

  test('a clash is found whatever the order of modifiers, and names both commands', () => {
    const table = { 'edit.redo': ['Mod+Shift+KeyZ'], 'edit.undo': ['Shift+Mod+KeyZ'] }
    expect(findClashes(table)).toEqual([{ key: 'Mod+Shift+KeyZ', commands: ['edit.redo', 'edit.undo'] }])
    expect(() => buildKeymap(table)).toThrow(/edit\.redo and edit\.undo/)
  })
})

describe('which command a press gives', () => {
  const keymap = buildKeymap()

  test.each<[string, KeyPress, boolean, CommandId | undefined]>([
    ['B is the brush', press('KeyB'), false, 'tool.brush'],
    ['1 is the first class', press('Digit1'), false, 'class.1'],
    ['Ctrl+1 too', press('Digit1', { ctrlKey: true }), false, 'class.1'],
    ['Shift+1 fits', press('Digit1', { shiftKey: true }), false, 'view.fit'],
    ['Ctrl+Z undoes', press('KeyZ', { ctrlKey: true }), false, 'edit.undo'],
    ['⌘Z undoes on a Mac', press('KeyZ', { metaKey: true }), true, 'edit.undo'],
    ['Ctrl+Z is nothing of ours on a Mac', press('KeyZ', { ctrlKey: true }), true, undefined],
    ['Windows+B is nothing of ours', press('KeyB', { metaKey: true }), false, undefined],
    ['Alt+B is no B', press('KeyB', { altKey: true }), false, undefined],
    ['Ctrl+Shift+D goes to the next unfinished image', press('KeyD', { ctrlKey: true, shiftKey: true }), false, 'image.nextUnfinished'],
    ['? shows the keys on a US board', press('Slash', { shiftKey: true, key: '?' }), false, 'help.keys'],
    ['? shows the keys on a German board, where it is elsewhere', press('Minus', { shiftKey: true, key: '?' }), false, 'help.keys'],
    ['F9 is free', press('F9'), false, undefined],
  ])('%s', (_, given, mac, command) => {
    expect(commandOf(keymap, given, mac)).toBe(command)
  })

  test('a physical key counts, not its print: AZERTY’s A is where QWERTY’s Q is', () => {
    expect(commandOf(keymap, press('KeyQ', { key: 'a' }), false)).toBe('annotation.crowd')
  })
})

describe('where a command may fire', () => {
  test('never in an open menu or an open dialog', () => {
    for (const code of ['KeyB', 'Digit1', 'Enter', 'Delete', 'KeyZ']) {
      expect(mayFire('closed', code, false)).toBe(false)
      expect(mayFire('closed', code, true)).toBe(false)
    }
  })

  test('in a text field only function keys, so that F6 leads out of it', () => {
    for (const code of ['KeyB', 'Enter', 'Delete', 'Tab', 'ArrowLeft']) expect(mayFire('text', code, true)).toBe(false)
    expect(mayFire('text', 'F6', false)).toBe(true)
  })

  test('on a button, its own keys stay its own and letters still work', () => {
    for (const code of ['Enter', 'Space', 'Tab', 'ArrowLeft', 'ArrowRight']) expect(mayFire('control', code, false)).toBe(false)
    expect(mayFire('control', 'KeyB', false)).toBe(true)
    expect(mayFire('control', 'Enter', true)).toBe(true)
  })

  test('on the canvas and the bare page, all of them', () => {
    for (const code of ['Enter', 'Tab', 'ArrowLeft', 'KeyB']) expect(mayFire('page', code, false)).toBe(true)
  })
})

describe('keys as they are shown', () => {
  test('with the words of the platform', () => {
    expect(keyLabel('Mod+Shift+KeyZ', false, null)).toBe('Ctrl+Shift+Z')
    expect(keyLabel('Mod+Shift+KeyZ', true, null)).toBe('⇧⌘Z')
    expect(keyLabel('Mod+Shift+KeyZ', false, null, { ctrl: 'Strg', shift: 'Umschalt', alt: 'Alt' })).toBe('Strg+Umschalt+Z')
    expect(keyLabel('BracketLeft', false, null)).toBe('[')
    expect(keyLabel('Shift+Slash', false, null)).toBe('?')
  })

  test('with the print of this keyboard where it is known', () => {
    const azerty = new Map([['KeyQ', 'a'], ['KeyW', 'z']])
    expect(keyLabel('KeyQ', false, azerty)).toBe('A')
    expect(keyLabel('KeyB', false, azerty)).toBe('B')
  })
})
