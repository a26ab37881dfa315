import { COMMANDS } from '../../main/contract/commands.ts'
import type { KeyTable } from './keymap.ts'

/** Keys of a whole tool, for hands that come from there; what a preset does not name has our own keys. */
const DIFFERENCES = {
  maskwright: {},
  cvat: {
    'image.next': ['KeyF', 'ArrowRight'],
    'image.previous': ['KeyD', 'ArrowLeft'],
    'tool.last': ['KeyN'],
    'tool.vertices': ['Shift+KeyN'],
    'tool.brush': ['Shift+Digit1', 'KeyB'],
    'tool.eraser': ['Shift+Digit2', 'KeyE'],
    'mask.fillHoles': ['Alt+KeyF'],
    'view.fit': ['Mod+KeyF'],
    'view.actualSize': ['Mod+Digit0'],
  },
  labelStudio: {
    'image.next': ['Mod+ArrowRight', 'KeyD'],
    'image.previous': ['Mod+ArrowLeft', 'KeyA'],
    'image.done': ['Mod+Enter'],
  },
} as const satisfies Record<string, KeyTable>

export type PresetId = keyof typeof DIFFERENCES
export const PRESET_IDS = Object.keys(DIFFERENCES) as readonly PresetId[]

/** Every command with its keys in a preset. */
export const presetKeys = (preset: PresetId): Required<KeyTable> => ({ ...COMMANDS, ...DIFFERENCES[preset] })
