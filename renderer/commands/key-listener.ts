import type { CommandId } from '../../main/contract/commands.ts'
import { commandOf, type Keymap } from './keymap.ts'

/** What has the focus when a key is pressed, as far as commands care. */
export type FocusPlace =
  /** canvas, page, or anything that no key of its own works */
  | 'page'
  /** a button or the like: Enter, Space, Tab and arrows are its own */
  | 'control'
  /** a text field: only function keys are not its own */
  | 'text'
  /** an open menu or dialog: every key is its own */
  | 'closed'

const CONTROL_KEYS: ReadonlySet<string> = new Set(['Enter', 'Space', 'Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'])

/** Commands that go on while a key is held; all others fire once a press. */
const REPEATING: ReadonlySet<CommandId> = new Set([
  'tool.smaller', 'tool.larger', 'tool.muchSmaller', 'tool.muchLarger', 'annotation.next', 'annotation.previous', 'image.next', 'image.previous', 'edit.undo', 'edit.redo',
])

/** Whether a command may fire for this key while the focus is there. */
export function mayFire(place: FocusPlace, code: string, modified: boolean): boolean {
  if (place === 'closed') return false
  if (place === 'text') return /^F\d+$/.test(code)
  return place === 'page' || modified || !CONTROL_KEYS.has(code)
}

const OVERLAYS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'
const TEXT = 'input:not([type="checkbox"], [type="radio"], [type="range"], [type="button"]), textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"], [role="searchbox"], [role="combobox"], [role="spinbutton"]'
const CONTROLS = 'button, a[href], input, [role="button"], [role="slider"], [role="radio"], [role="checkbox"], [role="switch"], [role="tab"], [role="option"], [role="menuitem"], [data-own-keys]'

/** Reads the place from the DOM: what an event hit, and whether an overlay is open anywhere. */
function focusPlace(target: EventTarget | null, page: Document): FocusPlace {
  if (page.querySelector(OVERLAYS) !== null) return 'closed'
  if (!(target instanceof page.defaultView!.Element)) return 'page'
  if (target.closest(TEXT) !== null) return 'text'
  return target.closest(CONTROLS) === null ? 'page' : 'control'
}

/**
 * Runs commands by their keys; a press that fires is prevented from doing anything else.
 * @param run answers whether the command did anything; false leaves the key to the browser
 */
export function listenForKeys(page: Document, options: { readonly keymap: () => Keymap; readonly mac: boolean; readonly run: (command: CommandId) => boolean }): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const command = commandOf(options.keymap(), event, options.mac)
    if (command === undefined || (event.repeat && !REPEATING.has(command))) return
    if (!mayFire(focusPlace(event.target, page), event.code, event.ctrlKey || event.metaKey || (event.shiftKey && event.code !== 'Tab'))) return
    if (options.run(command)) event.preventDefault()
  }
  page.addEventListener('keydown', onKey)
  return () => page.removeEventListener('keydown', onKey)
}
